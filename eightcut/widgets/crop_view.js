// Which part of a picture the stage shows, how large, and where a point of one lies in the other.

const PAD = 14, DEEPEST = 32; // pixels of the screen: beside the picture, and for one of its own at most

/** A view holds `fitted`, `scale` (pixels of the stage for one of the picture) and `centre`. */
class View {
  constructor(stage, invalidate) {
    Object.assign(this, { stage, invalidate, size: [0, 0], fitted: true, scale: 1, centre: [0, 0] });
  }
  get room() {
    return [this.stage.clientWidth, this.stage.clientHeight];
  }
  get dots() {
    return window.devicePixelRatio || 1;
  }
  get least() {
    const [wide, high] = this.room;
    return Math.max(Math.min((wide - 2 * PAD) / this.size[0], (high - 2 * PAD) / this.size[1], 8), 1e-6);
  }
  get origin() {
    return this.room.map((side, i) => side / 2 - this.centre[i] * this.scale);
  }
  onScreen = (rect) => {
    const origin = this.origin;
    return rect.map((at, i) => origin[i % 2] + at * this.scale);
  };
  inPicture(point) {
    const origin = this.origin;
    return point.map((at, i) => (at - origin[i % 2]) / this.scale);
  }
  /** The corner between pixels that is nearest to a point. */
  corner(point) {
    return this.inPicture(point).map((at, i) => between(0, nearest(at), this.size[i]));
  }
  pointOf(event) {
    const box = this.stage.getBoundingClientRect();
    return [event.clientX - box.left - this.stage.clientLeft, event.clientY - box.top - this.stage.clientTop];
  }
  /** Never looser than the whole picture, never away from it. */
  settle() {
    const { least, size, room } = this;
    if (this.fitted || this.scale <= least) {
      Object.assign(this, { fitted: true, scale: least, centre: size.map((side) => side / 2) });
      return;
    }
    this.scale = Math.min(this.scale, Math.max(DEEPEST, least));
    this.centre = this.centre.map((at, i) => {
      const half = (room[i] / 2 - PAD) / this.scale;
      return between(Math.min(half, size[i] - half), at, Math.max(half, size[i] - half));
    });
  }
  look(scale, centre) {
    Object.assign(this, { fitted: false, scale, centre });
    this.settle();
    this.invalidate();
  }
  fit() {
    this.fitted = true;
    this.settle();
    this.invalidate();
  }
  zoom(factor, point = this.room.map((side) => side / 2)) {
    const scale = between(this.least, this.scale * factor, Math.max(DEEPEST, this.least));
    const under = this.inPicture(point);
    this.look(scale, this.room.map((side, i) => under[i] + (side / 2 - point[i]) / scale));
  }
  /** One pixel of the picture for one of the screen. */
  actual([x1, y1, x2, y2]) {
    this.look(1 / this.dots, [(x1 + x2) / 2, (y1 + y2) / 2]);
  }
  pan(dx, dy) {
    this.look(this.scale, [this.centre[0] - dx / this.scale, this.centre[1] - dy / this.scale]);
  }
  /** The rectangle large, or everything again. */
  zoomTo([x1, y1, x2, y2]) {
    if (!this.fitted) return this.fit();
    const [wide, high] = this.room;
    const scale = Math.min((wide - 6 * PAD) / (x2 - x1), (high - 6 * PAD) / (y2 - y1));
    return this.look(scale, [(x1 + x2) / 2, (y1 + y2) / 2]);
  }
  /** The part of the picture that is seen, in whole pixels of it. */
  get seen() {
    const [x1, y1, x2, y2] = this.inPicture([0, 0, ...this.room]);
    const whole = [Math.floor(x1), Math.floor(y1), Math.ceil(x2), Math.ceil(y2)];
    return whole.map((at, i) => between(0, at, this.size[i % 2]));
  }
}

/** Lay the painted picture where the view has it, in the same frame as everything else. */
function placePicture(base, view) {
  const [wide, high] = view.size, [x, y] = view.origin, side = 1000;
  base.tabIndex = -1; // Tab goes from rectangle to rectangle
  const isExact = base.width >= wide && view.scale * view.dots >= 2;
  Object.assign(base.style, {
    width: `${side}px`, height: `${(side * high) / wide}px`, transformOrigin: "0 0",
    transform: `translate(${x}px, ${y}px) scale(${(wide * view.scale) / side})`,
    imageRendering: isExact ? "pixelated" : "auto",
  });
}

/** Says which part is seen, and asks for it where the painted picture is coarser than the screen. */
class Detail {
  constructor(view, send) {
    Object.assign(this, { view, send, asked: "", image: null, rect: null, sharp: false });
  }
  forget() {
    Object.assign(this, { asked: "", image: null, rect: null });
    delete this.view.stage.dataset.detail;
  }
  ask(base, picture) {
    const { view } = this, density = Math.min(view.scale * view.dots, 1);
    const rect = view.fitted ? null : view.seen, isCoarse = base.width < view.size[0] * density * 0.9;
    const scale = rect && isCoarse ? density : 0;
    const key = rect ? [picture, scale.toFixed(3), ...rect].join() : "";
    if (key === this.asked) return;
    if (!scale) this.forget();
    view.invalidate();
    this.asked = key;
    this.send({ type: "window", rect, scale, picture });
  }
  async take({ rect, picture }, bytes, now) {
    const image = await createImageBitmap(new Blob([bytes]));
    if (picture !== now() || !this.asked) return;
    Object.assign(this, { image, rect, sharp: image.width >= (rect[2] - rect[0]) * 0.99 });
    this.view.stage.dataset.detail = rect.join();
    this.view.invalidate();
  }
}
