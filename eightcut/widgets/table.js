// A table of any length: only the rows in view exist, and they are asked for in pages.

const PAGE = 100, SPARE = 6;

function render({ model, el }) {
  const life = new Lifetime(model);
  const root = element("div", "ec-view ec-table ec-focus", { tabindex: 0, role: "grid" });
  const head = element("div", "ec-head", { role: "row" });
  const body = element("div", "ec-body");
  const canvas = element("div", "ec-rows", { role: "rowgroup" });
  const empty = element("div", "ec-empty");
  body.append(canvas, empty);
  root.append(head, body);
  el.append(root);

  let count = 0, generation = -1, current = -1, waiting = false;
  const pages = new Map(), asked = new Set();
  const high = () => model.get("row_height");

  function reload() {
    count = model.get("count");
    generation = model.get("generation");
    asked.clear();
    root.setAttribute("aria-label", model.get("label"));
    root.setAttribute("aria-rowcount", count);
    root.style.height = `${model.get("height")}px`;
    root.style.setProperty("--ec-columns", model.get("widths").join(" "));
    canvas.style.height = `${count * high()}px`;
    empty.textContent = count ? "" : model.get("empty");
    head.replaceChildren(...model.get("columns").map((name) => {
      const cell = element("div", "ec-cell", { role: "columnheader" });
      cell.textContent = name;
      return cell;
    }));
    invalidate();
  }

  function follow() {
    current = model.get("current");
    if (current >= 0) {
      const top = current * high(), bottom = top + high();
      if (top < body.scrollTop) body.scrollTop = top;
      else if (bottom > body.scrollTop + body.clientHeight) body.scrollTop = bottom - body.clientHeight;
    }
    invalidate();
  }

  function invalidate() {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(draw);
  }

  function draw() {
    waiting = false;
    const first = Math.max(Math.floor(body.scrollTop / high()) - SPARE, 0);
    const last = Math.min(Math.ceil((body.scrollTop + body.clientHeight) / high()) + SPARE, count);
    canvas.replaceChildren(...Array.from({ length: Math.max(last - first, 0) }, (_, i) => row(first + i)));
    root.dataset.painted = generation;
  }

  const known = (index) => pages.get(Math.floor(index / PAGE))?.[index % PAGE];

  function row(index) {
    const page = Math.floor(index / PAGE);
    if (!asked.has(page)) {
      asked.add(page); // an older page stays in sight until the new one comes
      life.send({ type: "page", first: page * PAGE, count: PAGE, generation });
    }
    const [, state, ...cells] = known(index) ?? [null, ""];
    const made = element("div", `ec-row${index === current ? " ec-current" : ""}`, {
      role: "row", "aria-rowindex": index + 1, "aria-selected": index === current,
    });
    made.dataset.index = index;
    if (state) made.dataset.state = state;
    made.style.height = `${high()}px`;
    made.style.transform = `translateY(${index * high()}px)`;
    made.append(...cells.map((text) => {
      const cell = element("div", "ec-cell", { role: "gridcell" });
      cell.textContent = text;
      return cell;
    }));
    return made;
  }

  function receive(message) {
    if (message.type !== "page" || message.generation !== generation) return;
    pages.set(message.first / PAGE, message.rows);
    root.dataset.filled = generation;
    invalidate();
  }

  function choose(index) {
    if (!count) return;
    const at = Math.min(Math.max(index, 0), count - 1);
    life.send({ type: "choose", index: at, key: known(at)?.[0] ?? null, generation });
  }

  const inView = () => Math.max(Math.floor(body.clientHeight / high()) - 1, 1);
  const keys = {
    PageDown: () => choose(current + inView()), PageUp: () => choose(current - inView()),
    Home: () => choose(0), End: () => choose(count - 1),
  };
  ownKeys(life, root, keys, verbKeys(life));
  life.listen(canvas, "mousedown", (event) => {
    const found = event.target.closest(".ec-row");
    if (event.button !== 0 || !found) return;
    event.preventDefault();
    root.focus({ preventScroll: true });
    choose(Number(found.dataset.index));
  });
  life.listen(body, "scroll", invalidate);
  life.watch("generation height", reload);
  life.watch("current", follow);
  life.watch("msg:custom", receive);
  life.redraw(body, invalidate);
  reload();
  follow();
  return () => life.end();
}

export default { render };
