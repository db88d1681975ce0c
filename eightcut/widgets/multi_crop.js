// Three pictures at a time: the buttons above them and the keys of the whole panel. Marks are seen
// at once; what is submitted travels with its message, so that it is what the person saw.

const WHOLE = ["x", "c", "v"], BUSY_MS = 700;

function render({ model, el }) {
  const life = new Lifetime(model);
  const root = element("div", "ec-view ec-multi");
  const top = element("div", "ec-multi-top"), heads = element("div", "ec-multi-heads");
  root.append(top, heads);
  el.append(root);
  let panel = null, frame = 0, waiting = 0, active = 0, marked = [], said = -1, heard = -1;

  function button(parent, className, icon, text, key, says, act) {
    const made = element("button", `ec-multi-button ${className}`, { type: "button", title: `${says} (${key})` });
    made.append(element("i", `fa fa-${icon}`, { "aria-hidden": "true" }), element("span", ""), element("kbd", ""));
    made.children[1].textContent = text;
    made.children[2].textContent = key;
    life.listen(made, "mousedown", (event) => event.preventDefault());
    life.listen(made, "click", () => {
      if (!panel?.contains(document.activeElement)) stages()[active]?.focus({ preventScroll: true });
      act();
    });
    return parent.appendChild(made);
  }
  const stages = () => [...(panel?.querySelectorAll(".ec-crop-stage") ?? [])];
  const cards = () => [...(panel?.querySelectorAll(".ec-crop-card") ?? [])];
  const shown = () => model.get("cards").map((card, slot) => (card ? slot : -1)).filter((slot) => slot >= 0);

  const back = button(top, "ec-multi-back", "arrow-left", "Back", "B", "Take the last batch back and show it again", () => send("back"));
  const middle = top.appendChild(element("div", "ec-multi-middle"));
  const summary = middle.appendChild(element("div", "ec-multi-summary"));
  const message = middle.appendChild(element("div", "ec-multi-message", { role: "status", "aria-live": "polite" }));
  const submit = button(top, "ec-multi-submit", "check", "Submit", "Enter", "Crop these and show the next ones; asks nothing, Back takes it back", () => send("submit"));
  const refresh = button(top, "ec-multi-refresh", "refresh", "Look again", "N", "Take up pictures that have come since, let go of those that are gone", () => send("look_again"));
  top.insertBefore(refresh, submit);
  const slots = [0, 1, 2].map((slot) => {
    const head = heads.appendChild(element("div", "ec-multi-head"));
    const name = head.appendChild(element("span", "ec-multi-name"));
    const folder = head.appendChild(element("span", "ec-multi-folder"));
    const tools = head.appendChild(element("span", "ec-multi-tools"));
    const whole = button(tools, "", "arrows-alt", "Full frame", WHOLE[slot].toUpperCase(), "Keep the whole picture: its file stays as it is", () => act(slot, "whole"));
    const remove = button(tools, "ec-multi-delete", "trash", "Delete", slot + 1, "Put the picture to the deleted ones when these are submitted, or not", () => toggle(slot));
    return { head, name, folder, whole, remove };
  });

  // --- what a person does ----------------------------------------------------------------------
  /** The numbers of the pictures say which ones are meant: a second press in a hurry means none. */
  function send(type) {
    const pictures = model.get("pictures");
    const told = [];
    life.tell("rects", { panel, into: told });
    const rects = pictures.map((picture, slot) => (told[slot]?.picture === picture && told[slot].rect.length ? told[slot].rect : null));
    said = life.turn;
    life.send({ type, pictures, rects, marked });
    clearTimeout(waiting);
    waiting = setTimeout(() => (message.textContent = "The kernel is busy; this is done as soon as it is free."), BUSY_MS);
  }
  function toggle(slot) {
    if (!shown().includes(slot)) return;
    marked = marked.map((is, i) => (i === slot ? !is : is));
    said = life.turn;
    life.send({ type: "mark", slot, marked: marked[slot], picture: model.get("pictures")[slot] });
    dressMarks();
  }
  const act = (slot, name) => life.tell("crop", { slot, act: name });
  const keys = { Enter: () => send("submit"), b: () => send("back"), n: () => send("look_again"), ArrowLeft: () => send("back") };
  for (const name of ["z", "Ctrl+z"]) keys[name] = () => act(active, "undo");
  for (const name of ["Shift+z", "Ctrl+Shift+z", "Ctrl+y"]) keys[name] = () => act(active, "redo");
  WHOLE.forEach((key, slot) => {
    keys[key] = () => act(slot, "whole");
    keys[slot + 1] = () => toggle(slot);
  });

  const PLAIN = /^(.|Enter|Arrow.*|Home|End|Page.*|Delete|Backspace)$/;
  function press(event) {
    const name = keyName(event), typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
    const presses = event.target.tagName === "BUTTON" && /^(Enter|Space)$/.test(name); // the button's own
    if (Object.hasOwn(keys, name) && !typing && !presses) {
      event.preventDefault();
      event.stopPropagation();
      if (!event.repeat) keys[name]();
    } else if (!event.ctrlKey && !event.metaKey && !event.altKey && PLAIN.test(event.key)) {
      event.stopPropagation(); // JupyterLab's own keys mean a cell
    }
  }
  /** The panel is there only once the page has put the parts into it. */
  function attach() {
    panel = el.closest(".ec-panel");
    if (!panel) {
      frame = requestAnimationFrame(attach);
      return;
    }
    panel.tabIndex = 0;
    panel.setAttribute("role", "group");
    panel.setAttribute("aria-label", "Crop pictures, three at a time");
    panel.dataset.keys = "on";
    life.listen(panel, "keydown", press);
    life.listen(panel, "focusin", ({ target }) => {
      const found = stages().indexOf(target.closest(".ec-crop-stage"));
      if (found >= 0) active = found;
    });
    life.listen(panel, "pointerdown", ({ target }) => {
      if (!target.closest("input, select, textarea, button, [tabindex='0']:not(.ec-panel)")) panel.focus({ preventScroll: true });
    });
    dress();
  }

  // --- what is shown ---------------------------------------------------------------------------
  function follow() {
    const [view, turn] = model.get("heard");
    if (view === life.view) heard = turn;
    if (heard < said) return;
    clearTimeout(waiting);
    dress();
    marked = [...model.get("marked")];
    dressMarks();
  }
  function dressMarks() {
    slots.forEach(({ head, remove }, slot) => {
      const is = Boolean(marked[slot]);
      head.classList.toggle("ec-multi-marked", is);
      remove.setAttribute("aria-pressed", is);
      remove.children[1].textContent = is ? "Keep" : "Delete";
      const card = cards()[slot];
      card?.classList.toggle("ec-crop-marked", is);
      card?.querySelector(".ec-crop-stage")?.style.setProperty("--ec-veil", `"Goes to delete_staging\\a press ${slot + 1} to keep it"`);
    });
    const count = shown().length, gone = marked.filter(Boolean).length;
    const kept = count - gone;
    submit.children[1].textContent = !count ? "Submit" : !gone ? `Submit ${count}` : kept ? `Submit ${kept}, delete ${gone}` : `Delete ${gone}`;
  }
  function dress() {
    const found = model.get("cards"), goes = model.get("is_going_back");
    summary.textContent = goes ? "Taking the last batch back …" : model.get("summary");
    message.textContent = model.get("message");
    message.classList.toggle("ec-problem", model.get("is_problem"));
    back.disabled = !model.get("can_back") || goes;
    submit.disabled = !shown().length || goes;
    panel?.classList.toggle("ec-multi-done", !shown().length);
    slots.forEach(({ head, name, folder, whole }, slot) => {
      const card = found[slot];
      head.classList.toggle("ec-multi-empty", !card);
      const [, start, end] = /^(.*?)((?:_stage.*|.{0,12}))$/i.exec(card?.name ?? "");
      name.replaceChildren(element("span", "ec-multi-start"), element("span", "ec-multi-end"));
      [start, end].forEach((text, at) => (name.children[at].textContent = text));
      name.title = card?.name ?? "";
      folder.textContent = card?.folder ?? "";
      whole.disabled = !card || card.broken;
      cards()[slot]?.classList.toggle("ec-crop-none", !card);
    });
    dressMarks();
  }
  life.watch("cards summary message is_problem can_back is_going_back", dress);
  life.watch("marked heard pictures", follow);
  life.hear("focus", () => (stages()[active] ?? panel)?.focus({ preventScroll: true }));
  follow();
  attach();
  return () => {
    cancelAnimationFrame(frame);
    clearTimeout(waiting);
    life.end();
  };
}

export default { render };
