// The page of groups. What a key does is shown at once and told to the kernel, whose word is the
// last one: it answers with the whole state and with the newest message that this state includes.

const AHEAD = 3; // groups whose pictures come before all others

function render({ model, el }) {
  const life = new Lifetime(model);
  const root = element("div", "ec-view ec-groups");
  const head = element("div", "ec-group-head");
  const title = element("span", "ec-group-title", { "aria-live": "polite" });
  const where = element("span", "ec-group-where");
  const last = element("span", "ec-group-last");
  const hint = element("button", "ec-group-hint", { type: "button", tabindex: -1 });
  const counter = element("div", "ec-group-counter", { role: "status", "aria-live": "polite" });
  const stage = element("div", "ec-group-stage");
  const row = element("div", "ec-group-cards");
  const empty = element("div", "ec-group-empty");
  const help = keyHelp();
  const bar = element("div", "ec-group-bar", { role: "toolbar", "aria-label": "What to do with the group" });
  const strip = element("div", "ec-group-strip", { role: "group", "aria-label": "Groups of this page" });
  head.append(title, where, last, hint);
  stage.append(row, empty, help);
  root.append(head, counter, stage, bar, strip);
  el.append(root);

  let told = { groups: [], current: -1, heard: {} }; // the newest word of the kernel
  let groups = [], at = -1; // as shown, which may be ahead of it
  let said = -1; // the turn of our newest message that the kernel must have heard
  let blocked = false; // until then nobody can know what the next key is about
  let panel = null, frame = 0, page = "";

  const pictures = new Pictures(life, arrived);
  const cards = new Cards(life, row, pictures, { take, magnify });
  const lens = new Lens(life, stage, (index) => {
    const group = groups[at];
    return `${group.shown.indexOf(index) + 1} of ${group.shown.length} · ${group.names[index]}`;
  });

  const tools = Object.fromEntries(
    [
      ["next", "⏎", "Next", "The next group (Enter, Space or ↓)", () => step(1)],
      ["previous", "↑", "Back", "The group before (↑)", () => step(-1)],
      ["undecided", "N", "Undecided", "The next group that is undecided (N)", () => ask("undecided")],
      ["reject", "X", "Reject group", "Reject all pictures of the group (X)", () => reject()],
      ["overlay", "O", "Crop overlay", "Hide the proposed crop, or show it (O)", () => overlay()],
      ["undo", "Z", "Undo", "Undo (Z)", () => ask("undo")],
      ["redo", "Y", "Redo", "Redo (Y or Shift+Z)", () => ask("redo")],
      ["page_previous", "Pg↑", "Page", "The page before (Page Up)", () => ask("page_previous")],
      ["page_next", "Pg↓", "Page", "The next page (Page Down)", () => ask("page_next")],
      ["help", "?", "Keys", "All keys (?)", () => toggleHelp()],
    ].map(([name, key, text, says, act]) => [name, keyed(life, key, text, says, act)]),
  );
  bar.append(...Object.values(tools));
  const group = () => groups[at];

  // ---- what a person does

  function tell(verb, more = {}) {
    said = life.turn;
    life.send({ type: "act", verb, ...more });
  }

  /** What only the kernel can tell the outcome of. */
  function ask(verb, more = {}) {
    if (blocked) return;
    tell(verb, more);
    last.textContent = "";
    wait();
  }

  function wait() {
    blocked = true;
    root.dataset.waiting = "";
  }

  function take(place, crop) {
    const here = group();
    if (blocked || !here || place >= here.shown.length) return;
    if (here.round < here.rounds) return ask("take", { place, crop, key: here.key, advised: here.advised });
    tell("take", { place, crop, key: here.key, advised: here.advised });
    choose(here, [here.shown[place], crop]);
  }

  function reject() {
    const here = group();
    if (blocked || !here) return;
    tell("reject", { key: here.key });
    choose(here, [null, "shown"]);
  }

  function choose(here, wanted) {
    const again = String(here.choice) === String(wanted);
    here.choice = again ? null : wanted;
    derive(here);
    const what = again ? "taken back" : wanted[0] === null ? "all rejected" : `${here.shown.indexOf(wanted[0]) + 1} ${BECOMES[here.folder].slice(2)}`;
    last.textContent = `${here.number}: ${what}`;
    last.dataset.state = here.folder;
    if (!again) forward();
    draw();
  }

  /** The same rules as the kernel's, see sessions/group_page.py. */
  function derive(here) {
    const [index, crop] = here.choice ?? [undefined, ""];
    const proposed = here.box && index === here.pick;
    here.overlay = Boolean(here.box) && !(proposed && crop === "none") && here.overlay_on;
    here.folder = !here.choice ? "" : index === null ? "delete_staging"
      : crop === "manual" ? "crop" : proposed && here.overlay && crop === "shown" ? "crop_auto" : "selected";
  }

  function overlay() {
    const here = group();
    if (blocked || !here?.box) return;
    tell("toggle_overlay", { key: here.key });
    here.overlay_on = !here.overlay;
    if (here.choice && here.choice[0] === here.pick && here.choice[1] !== "manual") here.choice = [here.pick, "shown"];
    derive(here);
    draw();
  }

  /** After a choice: the next group of the page is here already, that of the next page is not. */
  function forward() {
    if (at + 1 < groups.length) at += 1;
    else if (told.page + 1 < told.pages) wait();
    leave();
  }

  function step(by) {
    if (blocked || !groups.length) return;
    const to = at + by;
    if (to < 0 || to >= groups.length) return ask(by > 0 ? "next" : "previous");
    go(to);
  }

  function go(to) {
    if (blocked || to === at) return;
    tell("go", { key: groups[to].key });
    at = to;
    leave();
    draw();
  }

  function leave() {
    lens.close();
    help.hidden = true;
  }

  function magnify(place) {
    const here = group();
    if (!here) return;
    if (lens.isOpen) return lens.close();
    const preferred = [here.choice?.[0], here.pick].map((index) => here.shown.indexOf(index)).find((found) => found >= 0) ?? 0;
    const chosen = place ?? (cards.hovered >= 0 ? cards.hovered : preferred);
    help.hidden = true;
    lens.open(here.key, here.shown[chosen], cards.share(chosen));
  }

  function compare(by) {
    if (!lens.isOpen) return;
    const { shown, key } = group();
    lens.open(key, shown[(shown.indexOf(lens.index) + by + shown.length) % shown.length]);
  }

  function toggleHelp() {
    lens.close();
    help.hidden = !help.hidden;
  }

  // ---- what the kernel says

  function adopt() {
    const news = model.get("state");
    if ((news.heard[life.view] ?? -1) < said) return; // it has not heard all of ours
    told = news;
    groups = structuredClone(news.groups);
    at = news.current;
    blocked = false;
    delete root.dataset.waiting;
    const names = groups.map(({ key }) => key).join();
    if (names !== page) leave();
    page = names;
    if (lens.isOpen && lens.key !== group()?.key) lens.close();
    draw();
  }

  function arrived(key, index) {
    if (group()?.key === key) cards.draw(group());
    const found = groups.findIndex((one) => one.key === key);
    if (found >= 0) drawThumb(strip.children[found], groups[found]);
    root.dataset.loaded = Number(root.dataset.loaded ?? 0) + 1;
  }

  // ---- drawing

  function draw() {
    const here = group();
    title.textContent = here ? `Group ${here.number.toLocaleString()} of ${told.total.toLocaleString()}` : "No groups";
    const parts = here ? [here.directory === "." ? "" : `${here.directory}/`, told.pages > 1 ? `page ${told.page + 1} of ${told.pages}` : ""] : [];
    const takes = here?.round < here?.rounds ? "the one you take meets the next" : "the one you take is the choice";
    if (here?.rounds > 1) parts.push(`round ${here.round} of ${here.rounds}: ${takes}`);
    where.textContent = parts.filter(Boolean).join(" · ");
    counter.textContent = told.counter ?? "";
    empty.textContent = here ? "" : told.empty ?? "";
    row.hidden = !here;
    cards.draw(here);
    drawTools(here);
    drawStrip();
    ahead();
  }

  function drawTools(here) {
    const off = {
      next: !here, previous: !here, reject: !here, undecided: !here, overlay: !here?.box,
      undo: !told.undo, redo: !told.redo, page_previous: !(told.page > 0), page_next: !(told.page + 1 < told.pages),
    };
    for (const [name, is] of Object.entries(off)) tools[name].disabled = Boolean(is);
    tools.reject.setAttribute("aria-pressed", here?.folder === "delete_staging");
    tools.overlay.setAttribute("aria-pressed", Boolean(here?.overlay));
    tools.undo.title = told.undo ? `Undo: ${told.undo} (Z)` : "Undo (Z)";
    tools.redo.title = told.redo ? `Redo: ${told.redo} (Y or Shift+Z)` : "Redo (Y or Shift+Z)";
  }

  function drawStrip() {
    while (strip.children.length > groups.length) strip.lastChild.remove();
    while (strip.children.length < groups.length) strip.append(thumb(strip.children.length));
    groups.forEach((one, index) => drawThumb(strip.children[index], one));
    [...strip.children].forEach((made, index) => {
      made.setAttribute("aria-current", index === at);
      if (index === at) reveal(made);
    });
  }

  /** Scroll the strip, and nothing else of the page. */
  function reveal(made) {
    const from = made.offsetLeft - strip.offsetLeft, to = from + made.offsetWidth;
    if (from < strip.scrollLeft) strip.scrollLeft = from - 4;
    else if (to > strip.scrollLeft + strip.clientWidth) strip.scrollLeft = to - strip.clientWidth + 4;
  }

  function thumb(index) {
    const made = element("button", "ec-group-thumb", { type: "button", tabindex: -1 });
    made.append(element("span", "ec-group-thumb-room"), element("span", "ec-group-thumb-number"), element("span", "ec-group-thumb-state"));
    made.onmousedown = (event) => event.preventDefault();
    made.onclick = () => go(index);
    return made;
  }

  function drawThumb(made, one) {
    const [room, number, state] = made.children;
    const index = one.choice?.[0] ?? one.pick ?? one.shown[0];
    const picture = pictures.thumbs.get(`${one.key}:${index}`);
    if (picture && room.firstChild !== picture) room.replaceChildren(picture);
    made.dataset.state = one.folder;
    number.textContent = one.number;
    state.textContent = one.choice ? BECOMES[one.folder][0] : "";
    made.title = `Group ${one.number}: ${one.choice ? BECOMES[one.folder].slice(2) : "untouched"}`;
    made.setAttribute("aria-label", made.title);
  }

  /** Ask for the pictures of this group, of those that come next, and then of the whole page. */
  function ahead() {
    const [width, height] = cards.room;
    if (!width || !group()) return;
    pictures.fit(width, height);
    const order = [at];
    for (let next = at + 1; next <= at + AHEAD; next++) order.push(next);
    order.push(at - 1);
    const soon = order.map((index) => groups[index]).filter(Boolean);
    const others = [...groups.slice(at + 1), ...(told.ahead ?? []), ...groups.slice(0, Math.max(at, 0)).reverse()];
    const all = [...new Set([...soon, ...others])];
    pictures.want(all.flatMap(({ key, shown }) => shown.map((index) => [key, index])));
  }

  // ---- keys

  const keys = {
    Enter: () => step(1), Space: () => step(1), ArrowDown: () => step(1), ArrowUp: () => step(-1),
    ArrowLeft: () => compare(-1), ArrowRight: () => compare(1),
    x: reject, o: overlay, v: () => magnify(), n: () => ask("undecided"),
    z: () => ask("undo"), "Shift+z": () => ask("redo"), y: () => ask("redo"),
    PageUp: () => ask("page_previous"), PageDown: () => ask("page_next"),
    "?": toggleHelp, Escape: leave,
  };
  for (const [row, crop] of TAKES) [...row].forEach((key, place) => (keys[key] = () => take(place, crop)));

  /** What a key does; undefined for those that are not ours. */
  function act(name) {
    const verb = model.get("verbs")[name];
    return Object.hasOwn(keys, name) ? keys[name] : verb && (() => ask(verb));
  }

  function attach() {
    panel = el.closest(".ec-panel");
    if (!panel) {
      frame = requestAnimationFrame(attach);
      return;
    }
    panel.tabIndex = 0;
    panel.setAttribute("role", "group");
    panel.setAttribute("aria-label", model.get("label"));
    panel.dataset.keys = "on";
    life.listen(panel, "keydown", (event) => pressed(event, act));
    life.listen(panel, "pointerdown", ({ target }) => {
      if (!target.closest("input, select, textarea, button, label, summary, a")) panel.focus({ preventScroll: true });
    });
    // a button or list that was used with the mouse gives the keys back
    life.listen(panel, "click", ({ target, detail }) => detail && target.closest(".jupyter-button") && panel.focus({ preventScroll: true }));
    life.listen(panel, "change", ({ target }) => target.tagName === "SELECT" && panel.focus({ preventScroll: true }));
    for (const event of ["focusin", "focusout"]) life.listen(panel, event, () => setTimeout(focused));
    focused();
  }

  function focused() {
    const on = panel.contains(document.activeElement);
    hint.textContent = on ? "Keys on · ? lists them" : "Click here to use the keys";
    hint.dataset.on = on;
  }

  life.listen(hint, "click", () => {
    panel?.focus({ preventScroll: true });
    panel?.scrollIntoView({ block: "nearest" });
  });
  life.hear("focus", () => panel?.focus({ preventScroll: true }));
  life.watch("state", adopt);
  life.redraw(stage, () => {
    if (group()) cards.draw(group());
    ahead();
  });
  attach();
  adopt();
  return () => {
    cancelAnimationFrame(frame);
    cards.inside?.end();
    life.end();
  };
}

export default { render };
