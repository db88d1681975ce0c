// A table of any length: only the rows in view exist, and they are asked for in pages.

const PAGE = 100, SPARE = 6;

/**
 * Head and rows of a table in `el`. `dress(row, index)` gives a row its looks, `reload()` runs when
 * the rows have changed. A row is its stable id, its state, and its cells.
 */
function pagedRows(life, el, { dress, reload = () => {} }) {
  const { model } = life;
  const root = element("div", "ec-view ec-table ec-focus", { tabindex: 0, role: "grid" });
  const head = element("div", "ec-head", { role: "row" });
  const body = element("div", "ec-body");
  const canvas = element("div", "ec-rows", { role: "rowgroup" });
  const empty = element("div", "ec-empty");
  body.append(canvas, empty);
  root.append(head, body);
  el.append(root);

  let waiting = false;
  const pages = new Map(), asked = new Set();
  const high = () => model.get("row_height");
  const table = {
    root, head, body, canvas, count: 0, generation: -1,
    high, invalidate, show,
    id: (index) => `${life.view}-${index}`,
    inView: () => Math.max(Math.floor(body.clientHeight / high()) - 1, 1),
    known: (index) => pages.get(Math.floor(index / PAGE))?.rows[index % PAGE],
    isFresh: (index) => pages.get(Math.floor(index / PAGE))?.generation === table.generation,
  };

  function renew() {
    table.count = model.get("count");
    table.generation = model.get("generation");
    asked.clear();
    root.setAttribute("aria-label", model.get("label"));
    root.setAttribute("aria-rowcount", table.count);
    root.style.height = `${model.get("height")}px`;
    root.style.setProperty("--ec-columns", model.get("widths").join(" "));
    canvas.style.height = `${table.count * high()}px`;
    empty.textContent = table.count ? "" : model.get("empty");
    head.replaceChildren(...model.get("columns").map((name, index) => {
      const cell = element("div", "ec-cell", { role: "columnheader" });
      cell.textContent = name;
      cell.title = model.get("hints")?.[index] ?? "";
      return cell;
    }));
    reload();
    invalidate();
  }

  /** Scroll so far that a row can be seen. */
  function show(index) {
    const top = index * high(), bottom = top + high();
    if (top < body.scrollTop) body.scrollTop = top;
    else if (bottom > body.scrollTop + body.clientHeight) body.scrollTop = bottom - body.clientHeight;
  }

  function invalidate() {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(draw);
  }

  function draw() {
    waiting = false;
    const first = Math.max(Math.floor(body.scrollTop / high()) - SPARE, 0);
    const last = Math.min(Math.ceil((body.scrollTop + body.clientHeight) / high()) + SPARE, table.count);
    canvas.replaceChildren(...Array.from({ length: Math.max(last - first, 0) }, (_, i) => row(first + i)));
    root.dataset.painted = table.generation;
  }

  function row(index) {
    const page = Math.floor(index / PAGE), { generation } = table;
    if (!asked.has(page)) {
      asked.add(page); // an older page stays in sight until the new one comes
      life.send({ type: "page", first: page * PAGE, count: PAGE, generation });
    }
    const [, state, ...cells] = table.known(index) ?? [null, ""];
    const made = element("div", "ec-row", { role: "row", id: table.id(index), "aria-rowindex": index + 1 });
    made.dataset.index = index;
    if (state) made.dataset.state = state;
    made.style.height = `${high()}px`;
    made.style.transform = `translateY(${index * high()}px)`;
    made.append(...cells.map((text) => {
      const cell = element("div", "ec-cell", { role: "gridcell" });
      cell.textContent = text;
      return cell;
    }));
    dress(made, index);
    return made;
  }

  function receive(message) {
    if (message.type !== "page" || message.generation !== table.generation) return;
    pages.set(message.first / PAGE, { rows: message.rows, generation: message.generation });
    root.dataset.filled = message.generation;
    invalidate();
  }

  life.listen(body, "scroll", invalidate);
  life.listen(canvas, "mouseover", ({ target }) => {
    const isCut = target.classList.contains("ec-cell") && target.scrollWidth > target.clientWidth;
    if (isCut && !target.title) target.title = target.textContent;
  });
  life.watch("generation height", renew);
  life.watch("msg:custom", receive);
  life.redraw(body, invalidate);
  return { table, renew };
}
