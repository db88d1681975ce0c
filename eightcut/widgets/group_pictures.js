// The pictures of a page as the browser has them: asked for ahead of the person, kept for a while.

const KEPT = 128;
const EDGES = [512, 768, 1024, 1280, 1600, 2048]; // longer side, in pixels of the screen
const THUMB = 56;

class Pictures {
  /** `arrived(key, index)` is called with each picture that can be shown at once. */
  constructor(life, arrived) {
    this.life = life;
    this.arrived = arrived;
    this.known = new Map(); // "key:index" -> {image, url, edge, problem}
    this.thumbs = new Map(); // "key:index" -> canvas
    this.edge = EDGES[0];
    this.asked = "";
    life.watch("msg:custom", (message, buffers) => message.type === "picture" && this.take(message, buffers));
    life.ends.push(() => this.known.forEach(({ url }) => URL.revokeObjectURL(url)));
  }

  get(key, index) {
    return this.known.get(`${key}:${index}`);
  }

  /** How large pictures have to be to fill so many pixels of the page. */
  fit(width, height) {
    const needed = Math.max(width, height) * (window.devicePixelRatio || 1);
    this.edge = EDGES.find((edge) => edge >= needed) ?? EDGES.at(-1);
  }

  /** Ask for what is missing of these [key, index], the first one first. */
  want(wanted) {
    const missing = wanted.filter(([key, index]) => !(this.get(key, index)?.edge >= this.edge));
    const asked = JSON.stringify([this.edge, missing]);
    if (!missing.length || asked === this.asked) return;
    this.asked = asked;
    this.life.send({ type: "want", edge: this.edge, wanted: missing });
  }

  take({ key, index, edge, problem, full }, buffers) {
    if (full) return;
    const name = `${key}:${index}`;
    const found = { image: null, url: "", edge, problem };
    if (problem) {
      this.keep(name, found);
      this.arrived(key, index);
      return;
    }
    found.url = URL.createObjectURL(new Blob([buffers[0]], { type: "image/jpeg" }));
    found.image = new Image();
    found.image.draggable = false;
    found.image.src = found.url;
    found.image.decode().then(
      () => {
        this.keep(name, found);
        this.draw(name, found.image);
        this.arrived(key, index);
      },
      () => URL.revokeObjectURL(found.url),
    );
  }

  keep(name, found) {
    URL.revokeObjectURL(this.known.get(name)?.url);
    this.known.delete(name);
    this.known.set(name, found);
    for (const [oldest, { image, url }] of this.known) {
      if (this.known.size <= KEPT) break;
      if (image?.isConnected) continue;
      URL.revokeObjectURL(url);
      this.known.delete(oldest);
    }
  }

  draw(name, image) {
    const canvas = element("canvas", "ec-group-thumb-picture");
    const scale = THUMB * 2 / Math.max(image.naturalWidth, image.naturalHeight);
    canvas.width = Math.max(1, Math.round(image.naturalWidth * scale));
    canvas.height = Math.max(1, Math.round(image.naturalHeight * scale));
    const brush = canvas.getContext("2d");
    brush.imageSmoothingQuality = "high";
    brush.drawImage(image, 0, 0, canvas.width, canvas.height);
    this.thumbs.set(name, canvas);
    if (this.thumbs.size > 4 * KEPT) this.thumbs.delete(this.thumbs.keys().next().value);
  }
}
