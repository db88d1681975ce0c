// A table in which any number of rows can be selected, sorted by a click on a column, with one
// column to write in. The page selects at once and tells the kernel, whose word is the last one.

function render({ model, el }) {
  const life = new Lifetime(model);
  const { table, renew } = pagedRows(life, el, { dress, reload });
  const { root, head, body, canvas } = table;
  root.setAttribute("aria-multiselectable", "true");
  root.classList.add("ec-grid");

  let mask = new Uint8Array(0); // 1 for each row that is selected
  let current = -1, anchor = -1, said = -1; // said: the turn of the newest message about a selection
  let note = null; // being written: {index, key, input}

  function dress(row, index) {
    row.classList.toggle("ec-current", index === current);
    row.classList.toggle("ec-selected", Boolean(mask[index]));
    row.setAttribute("aria-selected", Boolean(mask[index]));
    const written = row.children[model.get("written")];
    if (written) written.title = written.textContent;
    if (row.firstChild) row.firstChild.title = row.firstChild.textContent;
  }

  function reload() {
    finish(true);
    [...head.children].forEach(dressColumn);
    adopt();
    anchor = current;
  }

  function dressColumn(cell, index) {
    const sorted = index === Math.abs(model.get("sorted_by")) - 1;
    cell.classList.add("ec-sortable");
    const hint = model.get("hints")[index];
    cell.title = `${hint ? `${hint}. ` : ""}Sort by ${cell.textContent} (${index + 1})`;
    cell.setAttribute("aria-sort", !sorted ? "none" : model.get("sorted_by") > 0 ? "ascending" : "descending");
    cell.onclick = () => sort(index);
  }

  /** What the kernel says is selected, unless this view has said something since. */
  function follow() {
    const [view, turn] = model.get("heard");
    if (view === life.view && turn < said) return;
    adopt();
  }

  function adopt() {
    mask = new Uint8Array(table.count);
    const ranges = typed(model.get("selection"), Int32Array);
    for (let i = 0; i < ranges.length; i += 2) mask.fill(1, ranges[i], ranges[i + 1]);
    const moved = model.get("current") !== current;
    current = model.get("current");
    if (moved) shown();
    table.invalidate();
  }

  function shown() {
    if (current >= 0) table.show(current);
    root.setAttribute("aria-activedescendant", current >= 0 ? table.id(current) : "");
  }

  function say(more = {}) {
    const ranges = [];
    for (let from = mask.indexOf(1); from >= 0;) {
      const end = mask.indexOf(0, from);
      ranges.push(from, end < 0 ? mask.length : end);
      from = end < 0 ? -1 : mask.indexOf(1, end);
    }
    said = life.turn;
    life.send({ type: "select", ranges, current, keep: false, generation: table.generation, ...more });
    shown();
    table.invalidate();
  }

  function only(index) {
    mask.fill(0);
    mask[index] = 1;
    current = anchor = index;
    say();
  }
  function toggle(index) {
    mask[index] ^= 1;
    current = anchor = index;
    say({ keep: true });
  }
  function stretch(index, { keep = false } = {}) {
    if (!keep) mask.fill(0);
    if (anchor < 0) anchor = Math.max(current, 0);
    mask.fill(1, Math.min(anchor, index), Math.max(anchor, index) + 1);
    current = index;
    say({ keep });
  }
  const inside = (index) => Math.min(Math.max(index, 0), table.count - 1);
  const go = (to, act) => () => table.count && act(inside(to()));

  function sort(index) {
    if (index < head.children.length) life.send({ type: "sort", column: index });
  }

  /** Write in a row's cell: Enter or leaving it keeps what was written, Escape does not. */
  function write(index) {
    finish(true);
    const row = table.known(index), column = model.get("written");
    if (!row || !table.isFresh(index)) return;
    table.show(index);
    const cell = head.children[column];
    const input = element("input", "ec-write", { type: "text", "aria-label": cell.textContent });
    input.value = row[column + 2];
    Object.assign(input.style, {
      top: `${index * table.high()}px`, height: `${table.high()}px`,
      left: `${cell.offsetLeft - head.offsetLeft}px`, width: `${cell.offsetWidth}px`,
    });
    note = { index, key: row[0], before: input.value, input };
    input.onblur = () => finish(true);
    input.onkeydown = (event) => {
      if (event.key === "Enter" || event.key === "Escape") {
        event.preventDefault();
        finish(event.key === "Enter");
        root.focus({ preventScroll: true });
      }
      if (!event.ctrlKey && !event.metaKey) event.stopPropagation();
    };
    body.append(input);
    input.focus({ preventScroll: true });
    input.select();
  }

  function finish(keeps) {
    if (!note) return;
    const { key, before, input } = note;
    note = null;
    input.onblur = null;
    input.remove();
    if (keeps && input.value !== before) life.send({ type: "write", key, text: input.value });
  }

  const moves = {
    ArrowDown: () => current + 1, ArrowUp: () => (current < 0 ? 0 : current - 1),
    PageDown: () => current + table.inView(), PageUp: () => current - table.inView(),
    Home: () => 0, End: () => table.count - 1,
  };
  const keys = { "Ctrl+Space": go(() => current, toggle) };
  for (const [key, to] of Object.entries(moves)) {
    keys[key] = go(to, only);
    keys[`Shift+${key}`] = go(to, stretch);
  }
  Object.assign(keys, { j: keys.ArrowDown, k: keys.ArrowUp });
  model.get("columns").forEach((_, index) => (keys[index + 1] = () => sort(index)));
  for (const key of model.get("writes")) keys[key] = () => current >= 0 && write(current);
  ownKeys(life, root, keys, (name) => {
    const act = verbKeys(life)(name);
    return act && ((event) => {
      said = life.turn;
      act(event);
    });
  });

  const rowOf = (event) => {
    const found = event.target.closest(".ec-row");
    const index = found ? Number(found.dataset.index) : -1;
    return found && table.isFresh(index) ? index : -1; // a row of before is not what it seems
  };
  life.listen(canvas, "mousedown", (event) => {
    const index = rowOf(event);
    if (event.button !== 0 || index < 0) return;
    event.preventDefault();
    root.focus({ preventScroll: true });
    const adds = event.ctrlKey || event.metaKey;
    if (event.shiftKey) stretch(index, { keep: adds });
    else if (adds) toggle(index);
    else only(index);
  });
  life.listen(canvas, "dblclick", (event) => {
    const index = rowOf(event);
    if (index < 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const column = [...event.target.closest(".ec-row").children].indexOf(event.target.closest(".ec-cell"));
    if (column === model.get("written")) write(index);
    else life.tell("toggle", {});
  });
  life.listen(root, "mousedown", (event) => {
    if (event.target.closest(".ec-head, .ec-empty") || event.target === body) root.focus({ preventScroll: true });
  });
  life.listen(root, "focusin", (event) => {
    if (!root.contains(event.relatedTarget)) life.send({ type: "entered" });
  });
  life.hear("focus", () => root.focus({ preventScroll: true }));
  life.watch("msg:custom", (message) => message.type === "write" && current >= 0 && write(current));
  life.watch("heard selection current", follow);
  renew();
  return () => life.end();
}

export default { render };
