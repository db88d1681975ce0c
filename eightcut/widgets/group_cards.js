// The pictures of the current group side by side, each with what becomes of it.

const BECOMES = {
  selected: "✓ selected",
  crop: "✂ to crop by hand",
  crop_auto: "✓ with the proposed crop",
  delete_staging: "✕ to delete_staging",
};
const BELOW = 56; // pixels for name and buttons of a card
const GAP = 8, BORDER = 3, LEAST = 120; // pixels between cards, round a picture, and of its height
const TAKES = [["1234", "shown", "Take", "Take as shown"], ["asdf", "none", "No crop", "Take without crop"], ["qwer", "manual", "Crop", "Take, and crop it by hand"]];

/** What becomes of the picture with that index, by the choice about its group. */
function fate(group, index) {
  if (!group.choice) return "";
  return group.choice[0] === index ? group.folder : "delete_staging";
}

/** A button with its key on it. It leaves the focus where it is, and its click is its own. */
function keyed(life, key, text, title, act) {
  const made = element("button", "ec-group-button", { type: "button", title });
  const words = element("span", "");
  words.textContent = text;
  made.append(keycap(key), words);
  life.listen(made, "pointerdown", (event) => event.stopPropagation());
  life.listen(made, "mousedown", (event) => event.preventDefault());
  life.listen(made, "click", (event) => {
    event.stopPropagation();
    if (event.detail < 2) act(made);
  });
  return made;
}

class Cards {
  /** `take(place, crop)` and `magnify(place, share)` are what a person can do with a picture. */
  constructor(life, root, pictures, { take, magnify }) {
    Object.assign(this, { root, pictures, take, magnify });
    this.life = life;
    this.cards = [];
    this.showing = "";
    this.hovered = -1;
  }

  draw(group) {
    const showing = group ? `${group.key}:${group.shown}` : "";
    if (showing !== this.showing) this.build(group);
    this.showing = showing;
    this.arrange(group);
    this.cards.forEach((card) => this.dress(card, group));
  }

  /** All in one row, unless two rows make the pictures a good deal larger. */
  arrange(group) {
    const shapes = this.cards.map(({ index }) => this.pictures.get(group.key, index)?.image);
    const ratio = Math.max(...shapes.map((image) => (image ? image.naturalWidth / image.naturalHeight : 0)));
    const many = Math.max(this.cards.length, 1), { high } = this, { clientWidth: wide } = this.root;
    const width = (rows) => {
      const room = (high - (rows - 1) * BELOW) / rows;
      return Math.min(wide / Math.ceil(many / rows), room * ratio);
    };
    const rows = many > 2 && ratio && width(2) > 1.2 * width(1) ? 2 : 1, columns = Math.ceil(many / rows);
    this.root.style.setProperty("--ec-rows", rows);
    this.root.style.setProperty("--ec-columns", columns);
    this.lower(shapes, (wide - (columns - 1) * GAP) / columns, (high - (rows - 1) * BELOW) / rows);
  }

  /** No higher than the tallest picture is at this width; as before until all of them are here. */
  lower(shapes, wide, high) {
    if (!shapes.length || !shapes.every(Boolean)) return;
    const tallest = Math.max(...shapes.map((image) => ((wide - 2 * BORDER) * image.naturalHeight) / image.naturalWidth));
    this.root.style.setProperty("--ec-frame", `${Math.round(Math.min(high, Math.max(tallest + 2 * BORDER, LEAST)))}px`);
  }

  build(group) {
    this.inside?.end();
    this.inside = new Lifetime(this.life.model);
    this.hovered = -1;
    this.cards = (group?.shown ?? []).map((index, place) => this.card(group, index, place));
    this.root.replaceChildren(...this.cards.map(({ root }) => root));
  }

  card(group, index, place) {
    const { inside } = this;
    const root = element("div", "ec-group-card", { role: "group" });
    const frame = element("div", "ec-group-frame");
    const picture = element("div", "ec-group-picture");
    const box = element("div", "ec-group-box", { title: "The proposed crop (O hides it)" });
    const number = element("span", "ec-group-number", { "aria-hidden": "true" });
    const verdict = element("span", "ec-group-fate", { "aria-hidden": "true" });
    const advice = element("span", "ec-group-advice");
    const name = element("div", "ec-group-name"), reason = element("span", "ec-group-reason");
    const tools = element("div", "ec-group-tools");
    const buttons = TAKES.map(([keys, crop, text, says]) =>
      keyed(inside, keys[place].toUpperCase(), text, `${says} (${keys[place].toUpperCase()})`, () => this.take(place, crop)),
    );
    const lens = keyed(inside, "V", "", "Show it in its own pixels (V, with the mouse over it)", () => this.magnify(place));
    lens.setAttribute("aria-label", "Magnify");
    lens.append("⤢");
    number.textContent = place + 1;
    name.title = group.names[index];
    name.append(group.names[index], reason);
    picture.append(box);
    frame.append(picture, number, verdict, advice);
    tools.append(...buttons, lens);
    root.append(frame, name, tools);
    inside.listen(root, "pointerenter", () => (this.hovered = place));
    inside.listen(root, "pointerleave", () => (this.hovered = -1));
    inside.listen(frame, "click", (event) => event.detail < 2 && this.take(place, "shown"));
    inside.listen(frame, "pointermove", (event) => (this.pointer = { x: event.clientX, y: event.clientY }));
    return { root, frame, picture, box, verdict, advice, reason, buttons, index, place };
  }

  dress(card, group) {
    const { root, index, place } = card;
    const becomes = fate(group, index), picked = group.pick === index;
    root.dataset.state = becomes;
    root.classList.toggle("ec-picked", picked);
    card.verdict.textContent = BECOMES[becomes] ?? "";
    card.advice.textContent = picked ? group.advice : "";
    card.advice.title = picked ? group.reason : "";
    card.reason.textContent = picked ? group.reason : "";
    card.box.hidden = !(picked && group.box && group.overlay);
    if (!card.box.hidden) this.place(card.box, group.box);
    const chosen = group.choice && group.choice[0] === index ? group.choice[1] : "";
    TAKES.forEach(([, crop], at) => card.buttons[at].setAttribute("aria-pressed", chosen === crop));
    const said = [`Picture ${place + 1} of ${group.shown.length}: ${group.names[index]}`];
    if (picked) said.push(`recommended, ${group.advice}, ${group.reason}`);
    if (becomes) said.push(BECOMES[becomes].slice(2));
    root.setAttribute("aria-label", said.join("; "));
    this.fill(card, group);
  }

  place(box, [x1, y1, x2, y2]) {
    Object.assign(box.style, {
      left: `${100 * x1}%`, top: `${100 * y1}%`, width: `${100 * (x2 - x1)}%`, height: `${100 * (y2 - y1)}%`,
    });
  }

  /** Put the picture in, as large as the frame allows; the box lies over the picture itself. */
  fill(card, group) {
    const found = this.pictures.get(group.key, card.index);
    const { frame, picture } = card;
    frame.dataset.problem = found?.problem ?? "";
    frame.toggleAttribute("data-loading", !found);
    frame.toggleAttribute("data-loaded", Boolean(found?.image));
    if (found?.image && picture.firstChild !== found.image) {
      picture.querySelector("img")?.remove();
      found.image.alt = group.names[card.index];
      picture.prepend(found.image);
    }
    if (found?.image) {
      const { naturalWidth: wide, naturalHeight: high } = found.image;
      const scale = Math.min(frame.clientWidth / wide, frame.clientHeight / high);
      picture.style.width = `${Math.floor(wide * scale)}px`;
      picture.style.height = `${Math.floor(high * scale)}px`;
    }
  }

  /** How high a row of pictures may be. */
  get high() {
    return Number.parseFloat(getComputedStyle(this.root).getPropertyValue("--ec-high")) || 1;
  }

  /** The pixels that a picture can have in any group: those of one beside one other. */
  get room() {
    return [this.root.clientWidth / 2, this.high];
  }

  /** Where in the picture the mouse is, as shares of it. */
  share(place) {
    const area = this.cards[place]?.picture.getBoundingClientRect();
    if (!area?.width || !this.pointer || this.hovered !== place) return { x: 0.5, y: 0.5 };
    const inside = (value) => Math.min(Math.max(value, 0), 1);
    return { x: inside((this.pointer.x - area.x) / area.width), y: inside((this.pointer.y - area.y) / area.height) };
  }
}
