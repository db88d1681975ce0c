// A table in which one row is the current one.

function render({ model, el }) {
  const life = new Lifetime(model);
  let current = -1;
  const { table, renew } = pagedRows(life, el, { dress });

  function dress(row, index) {
    row.classList.toggle("ec-current", index === current);
    row.setAttribute("aria-selected", index === current);
  }

  function follow() {
    current = model.get("current");
    if (current >= 0) table.show(current);
    table.root.setAttribute("aria-activedescendant", current >= 0 ? table.id(current) : "");
    table.invalidate();
  }

  function choose(index) {
    if (!table.count) return;
    const at = Math.min(Math.max(index, 0), table.count - 1);
    life.send({ type: "choose", index: at, key: table.known(at)?.[0] ?? null, generation: table.generation });
  }

  const keys = {
    PageDown: () => choose(current + table.inView()), PageUp: () => choose(current - table.inView()),
    Home: () => choose(0), End: () => choose(table.count - 1),
  };
  ownKeys(life, table.root, keys, verbKeys(life));
  life.listen(table.canvas, "mousedown", (event) => {
    const found = event.target.closest(".ec-row");
    if (event.button !== 0 || !found) return;
    event.preventDefault();
    table.root.focus({ preventScroll: true });
    choose(Number(found.dataset.index));
  });
  life.watch("current", follow);
  renew();
  follow();
  return () => life.end();
}

export default { render };
