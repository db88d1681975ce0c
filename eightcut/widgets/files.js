// A table of files with a box to tick in front of each. The kernel says which are ticked.

function render({ model, el }) {
  const life = new Lifetime(model);
  let current = -1, anchor = null;
  const { table, renew } = pagedRows(life, el, { dress });
  table.root.classList.add("ec-files");

  function dress(row, index) {
    row.classList.toggle("ec-current", index === current);
    row.setAttribute("aria-selected", index === current);
    const box = row.firstChild;
    if (!box) return;
    row.setAttribute("aria-checked", box.textContent === "1");
    box.classList.add("ec-check");
    box.replaceChildren(document.createElement("i"));
    for (const cell of row.children) if (cell !== box) cell.title = cell.textContent;
  }

  function follow() {
    current = model.get("current");
    if (current >= 0) table.show(current);
    table.root.setAttribute("aria-activedescendant", current >= 0 ? table.id(current) : "");
    table.invalidate();
  }

  function tell(type, index) {
    const at = Math.min(Math.max(index, 0), table.count - 1);
    const key = table.known(at)?.[0];
    if (key === undefined) return;
    life.send({ type, key, from: anchor ?? key });
    if (type !== "stretch") anchor = key;
  }

  const keys = {
    PageDown: () => tell("go", current + table.inView()), PageUp: () => tell("go", current - table.inView()),
    Home: () => tell("go", 0), End: () => tell("go", table.count - 1),
  };
  ownKeys(life, table.root, keys, verbKeys(life));
  life.listen(table.canvas, "mousedown", (event) => {
    const found = event.target.closest(".ec-row");
    if (event.button !== 0 || !found) return;
    event.preventDefault();
    table.root.focus({ preventScroll: true });
    const ticks = event.ctrlKey || event.metaKey || event.target.closest(".ec-check");
    tell(event.shiftKey ? "stretch" : ticks ? "toggle" : "go", Number(found.dataset.index));
  });
  life.watch("current", follow);
  renew();
  follow();
  return () => life.end();
}

export default { render };
