// One group of a finished project: its pictures side by side, who won, and how the winner was cut.

/** Cards that only show: the verdict is known, there is nothing to take. */
class FoundCards extends Cards {
  card(group, index) {
    const { inside } = this;
    const told = group.told[index];
    const root = element("div", "ec-group-card", { role: "group" });
    const frame = element("div", "ec-group-frame", { title: `${told.path}\nA click magnifies it (V)` });
    const picture = element("div", "ec-group-picture");
    const box = element("div", "ec-group-box", { title: "The located crop (O hides it)" });
    const badge = element("span", "ec-group-number");
    const verdict = element("span", "ec-group-fate");
    const name = element("div", "ec-group-name", { title: told.path });
    const said = element("div", "ec-found-said");
    badge.textContent = told.badge;
    badge.hidden = !told.badge;
    verdict.textContent = told.verdict;
    name.textContent = told.name;
    said.textContent = told.said;
    root.dataset.role = told.role;
    root.setAttribute("aria-label", [told.badge, told.verdict.slice(2), told.said, told.name].filter(Boolean).join(", "));
    picture.append(box);
    frame.append(picture, badge, verdict);
    root.append(frame, name, said);
    inside.listen(root, "pointerenter", () => (this.hovered = index));
    inside.listen(root, "pointerleave", () => (this.hovered = -1));
    inside.listen(frame, "pointermove", (event) => (this.pointer = { x: event.clientX, y: event.clientY }));
    inside.listen(frame, "click", () => this.magnify(index));
    return { root, frame, picture, box, index, place: index };
  }

  dress(card, group) {
    const { box } = group.told[card.index];
    card.box.hidden = !(box && group.overlay);
    if (!card.box.hidden) this.place(card.box, box);
    this.fill(card, group);
  }
}

function render({ model, el }) {
  const life = new Lifetime(model);
  const root = element("div", "ec-view ec-groups ec-found");
  const head = element("div", "ec-group-head");
  const title = element("span", "ec-group-title", { "aria-live": "polite" });
  const told = element("span", "ec-group-where");
  const count = element("span", "ec-found-count");
  const stage = element("div", "ec-group-stage");
  const row = element("div", "ec-group-cards");
  const empty = element("div", "ec-group-empty");
  const bar = element("div", "ec-group-bar", { role: "toolbar", "aria-label": "Look through what was found" });
  head.append(title, told, count);
  stage.append(row, empty);
  root.append(bar, head, stage);
  el.append(root);

  let here = null, near = [], panel = null, frame = 0;
  const pictures = new Pictures(life, (key) => key === here?.key && cards.draw(here));
  const cards = new FoundCards(life, row, pictures, { magnify });
  const lens = new Lens(life, stage, (index) => `${index + 1} of ${here.names.length} · ${here.names[index]}`);

  const ask = (verb) => life.send({ type: "verb", verb });
  const tools = Object.fromEntries(
    [
      ["previous", "↑", "Previous", "The one before (↑, ← or K)", () => ask("previous")],
      ["next", "↓", "Next", "The next one (↓, → or J)", () => ask("next")],
      ["overlay", "O", "Crop overlay", "Draw the located crop, or not (O)", () => ask("toggle_overlay")],
      ["lens", "V", "Magnify", "The picture under the mouse in its own pixels (V); ← → compare", () => magnify()],
    ].map(([name, key, text, says, act]) => [name, keyed(life, key, text, says, act)]),
  );
  bar.append(...Object.values(tools));

  function magnify(index) {
    if (!here) return;
    if (lens.isOpen) return lens.close();
    const winner = here.told.findIndex(({ role }) => role === "won");
    const chosen = index ?? (cards.hovered >= 0 ? cards.hovered : Math.max(winner, 0));
    lens.open(here.key, chosen, cards.share(chosen));
  }

  function compare(by) {
    const many = here.names.length;
    lens.open(here.key, (lens.index + by + many) % many);
  }

  // ---- what the kernel says

  function adopt() {
    const state = model.get("state");
    if (lens.isOpen && lens.key !== state.here?.key) lens.close();
    near = state.near;
    here = state.here && {
      ...state.here, told: state.here.pictures, overlay: state.overlay,
      names: state.here.pictures.map(({ name }) => name), shown: state.here.pictures.map((_, index) => index),
    };
    title.textContent = here?.title ?? "";
    told.textContent = here ? `${state.here.where} · ${state.here.told}` : "";
    count.textContent = state.total ? `${state.number.toLocaleString()} of ${state.total.toLocaleString()}` : "";
    empty.textContent = state.empty;
    row.hidden = !here;
    tools.previous.disabled = state.number <= 1;
    tools.next.disabled = state.number >= state.total;
    tools.overlay.disabled = !here?.told.some(({ box }) => box);
    tools.overlay.setAttribute("aria-pressed", Boolean(state.overlay));
    tools.lens.disabled = !here;
    draw();
  }

  function draw() {
    cards.draw(here ?? { key: "", shown: [], names: [], told: [] });
    if (!here) return;
    const [width, height] = cards.room;
    if (!width || !height) return;
    pictures.fit(width, height);
    const soon = near.flatMap(([key, number]) => Array.from({ length: number }, (_, index) => [key, index]));
    pictures.want([...here.shown.map((index) => [here.key, index]), ...soon]);
  }

  // ---- keys that need no kernel; the others are the panel's

  const inLens = { Escape: () => lens.close(), v: () => lens.close(), ArrowLeft: () => compare(-1), ArrowRight: () => compare(1) };

  function press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
    const name = writtenOn(event);
    const act = lens.isOpen ? inLens[name] : name === "v" ? () => magnify() : undefined;
    if (!act) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!event.repeat) act();
  }

  function attach() {
    panel = el.closest(".ec-panel");
    if (!panel) {
      frame = requestAnimationFrame(attach);
      return;
    }
    life.listen(panel, "keydown", press, { capture: true }); // before the panel takes Escape for "cancel"
    life.listen(panel, "change", ({ target }) => target.tagName === "SELECT" && panel.focus({ preventScroll: true }));
  }

  life.hear("focus", () => panel?.focus({ preventScroll: true }));
  life.watch("state", adopt);
  life.redraw(stage, draw);
  attach();
  adopt();
  return () => {
    cancelAnimationFrame(frame);
    cards.inside?.end();
    life.end();
  };
}

export default { render };
