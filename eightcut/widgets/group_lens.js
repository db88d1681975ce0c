// One picture of the group in its own pixels, to be pushed around by hand. The arrows change to
// another picture at the same place, so that two can be compared by eye.

class Lens {
  /** `describe(index)` says what the picture is called. */
  constructor(life, stage, describe) {
    this.life = life;
    this.describe = describe;
    this.key = "";
    this.place = { x: 0.5, y: 0.5 }; // what is in the middle, as shares of the picture
    this.root = element("div", "ec-group-lens", { role: "dialog", "aria-label": "Picture in its own pixels" });
    this.title = element("div", "ec-group-lens-title", { "aria-live": "polite" });
    this.view = element("div", "ec-group-lens-view");
    this.image = new Image();
    this.image.draggable = false;
    this.view.append(this.image);
    this.root.append(this.title, this.view);
    this.root.hidden = true;
    stage.append(this.root);
    this.url = "";
    life.watch("msg:custom", (message, buffers) => message.type === "picture" && message.full && this.take(message, buffers));
    life.listen(this.view, "pointerdown", (event) => this.grab(event));
    life.listen(this.view, "scroll", () => this.note());
    life.listen(this.root, "click", (event) => event.stopPropagation());
    life.ends.push(() => URL.revokeObjectURL(this.url));
  }

  get isOpen() {
    return !this.root.hidden;
  }

  open(key, index, place) {
    if (place) this.place = place;
    Object.assign(this, { key, index });
    this.root.hidden = false;
    this.image.hidden = true;
    this.title.textContent = `${this.describe(index)} · loading …`;
    this.life.send({ type: "lens", key, index });
  }

  close() {
    this.root.hidden = true;
    this.image.removeAttribute("src");
    URL.revokeObjectURL(this.url);
    this.url = "";
  }

  take({ key, index, problem, edge }, buffers) {
    if (!this.isOpen || key !== this.key || index !== this.index) return;
    if (problem) {
      this.title.textContent = problem;
      return;
    }
    URL.revokeObjectURL(this.url);
    this.url = URL.createObjectURL(new Blob([buffers[0]], { type: "image/jpeg" }));
    this.image.src = this.url;
    this.image.decode().then(() => this.show(edge), () => {});
  }

  show(edge) {
    if (!this.isOpen) return;
    const { naturalWidth: wide, naturalHeight: high } = this.image;
    const density = window.devicePixelRatio || 1;
    this.image.style.width = `${wide / density}px`;
    this.image.style.height = `${high / density}px`;
    this.image.hidden = false;
    const share = edge ? Math.round((100 * Math.max(wide, high)) / edge) : 100;
    this.title.textContent = `${this.describe(this.index)} · ${share} % · drag to move, ← → other pictures, V or Esc closes`;
    this.put();
  }

  put() {
    const { view, place } = this;
    this.putting = true;
    view.scrollLeft = place.x * view.scrollWidth - view.clientWidth / 2;
    view.scrollTop = place.y * view.scrollHeight - view.clientHeight / 2;
    requestAnimationFrame(() => (this.putting = false));
  }

  note() {
    const { view } = this;
    if (this.image.hidden || this.putting) return;
    this.place = {
      x: (view.scrollLeft + view.clientWidth / 2) / view.scrollWidth,
      y: (view.scrollTop + view.clientHeight / 2) / view.scrollHeight,
    };
  }

  grab(event) {
    if (event.button !== 0) return;
    event.preventDefault();
    const { view } = this, from = { x: event.clientX + view.scrollLeft, y: event.clientY + view.scrollTop };
    view.setPointerCapture(event.pointerId);
    view.onpointermove = (moved) => {
      view.scrollLeft = from.x - moved.clientX;
      view.scrollTop = from.y - moved.clientY;
    };
    view.onpointerup = view.onpointercancel = () => (view.onpointermove = null);
  }
}
