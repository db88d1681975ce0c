// The table of regions: one is selected, several may be chosen, times are written in place.

const EDGES = ["start", "end"];

function render({ model, el }) {
  const life = new Lifetime(model);
  let current = -1, chosen = new Set(), input = null;
  const { table, renew } = pagedRows(life, el, { dress });
  table.root.setAttribute("aria-multiselectable", "true");

  function dress(row, index) {
    const isChosen = chosen.has(table.known(index)?.[0]);
    row.classList.toggle("ec-current", index === current);
    row.classList.toggle("ec-chosen", isChosen && index !== current);
    row.setAttribute("aria-selected", isChosen || index === current);
  }

  function follow() {
    current = model.get("current");
    chosen = new Set(typed(model.get("chosen"), Float64Array));
    if (current >= 0) table.show(current);
    table.root.setAttribute("aria-activedescendant", current >= 0 ? table.id(current) : "");
    table.invalidate();
  }

  function choose(index, how = "only") {
    if (!table.count) return;
    const at = Math.min(Math.max(index, 0), table.count - 1);
    life.send({ type: "choose", index: at, key: table.known(at)?.[0] ?? null, generation: table.generation, how });
  }

  /** A box over the time, with what stands there; Enter and Tab keep it, Escape does not. */
  function edit(index, edge) {
    const row = table.known(index);
    if (!row || input) return;
    const cell = table.canvas.querySelector(`[data-index="${index}"]`)?.children[edge];
    const field = (input = element("input", "ec-edit", { "aria-label": EDGES[edge], spellcheck: "false" }));
    field.value = row[2 + edge];
    field.style.top = `${index * table.high()}px`;
    field.style.left = `${cell?.offsetLeft ?? 0}px`;
    field.style.width = `${cell?.offsetWidth ?? 100}px`;
    field.style.height = `${table.high()}px`;
    const leave = (keep) => {
      if (input !== field) return;
      input = null;
      field.remove();
      const text = field.value.trim();
      if (keep && text !== row[2 + edge]) life.send({ type: "edit", key: row[0], edge: EDGES[edge], text });
    };
    field.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (!["Enter", "Escape", "Tab"].includes(event.key)) return;
      event.preventDefault();
      leave(event.key !== "Escape");
      table.root.focus({ preventScroll: true });
      if (event.key === "Tab") edit(index, 1 - edge);
    });
    field.addEventListener("blur", () => leave(true));
    table.body.append(field);
    field.focus({ preventScroll: true });
    field.select();
  }

  const by = (event) => (event.shiftKey ? "until" : event.ctrlKey || event.metaKey ? "also" : "only");
  const keys = {
    PageDown: () => choose(current + table.inView()), PageUp: () => choose(current - table.inView()),
    Home: () => choose(0), End: () => choose(table.count - 1),
  };
  ownKeys(life, table.root, keys, verbKeys(life));
  life.listen(table.canvas, "mousedown", (event) => {
    const found = event.target.closest(".ec-row");
    if (event.button !== 0 || !found) return;
    event.preventDefault();
    if (input) input.blur();
    table.root.focus({ preventScroll: true });
    choose(Number(found.dataset.index), by(event));
  });
  life.listen(table.canvas, "dblclick", (event) => {
    const row = event.target.closest(".ec-row"), edge = [...(row?.children ?? [])].indexOf(event.target);
    if (edge === 0 || edge === 1) edit(Number(row.dataset.index), edge);
  });
  life.hear("edit", () => current >= 0 && edit(current, 0));
  life.watch("msg:custom", (message) => message.type === "edit" && current >= 0 && edit(current, 0));
  life.watch("current chosen", follow);
  renew();
  follow();
  return () => life.end();
}

export default { render };
