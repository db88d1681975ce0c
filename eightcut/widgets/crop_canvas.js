// The moving rectangle: a layer over the picture that ipycanvas has painted. While a gesture lasts
// nothing is sent; one message follows it, so that a busy kernel delays nothing that is seen.

const REACH = 24, EDGE = 8, SETTLES_MS = 160, NUDGED_MS = 300, SCROLLS_MS = 300;
const PLAIN_KEY = /^(.|Enter|Arrow.*|Home|End|Page.*|Delete|Backspace)$/;
const CURSORS = { nw: "nwse-resize", se: "nwse-resize", ne: "nesw-resize", sw: "nesw-resize", n: "ns-resize", s: "ns-resize", e: "ew-resize", w: "ew-resize", move: "move", draw: "crosshair" };

function render({ model, el }) {
  const life = new Lifetime(model);
  const stage = element("div", "ec-view ec-crop-stage ec-focus", { tabindex: 0, role: "application" });
  const canvas = element("canvas", "ec-crop-canvas");
  const curtain = element("div", "ec-crop-curtain");
  const line = element("div", "ec-view ec-crop-words");
  const spoken = element("div", "ec-spoken", { role: "status", "aria-live": "polite" });
  stage.append(canvas, curtain, spoken);

  let frame = 0, settling = 0, nudged = 0, draws = 0, said = -1, heard = -1; // turns of messages
  let picture = -1, base = null, told = "", gesture = null, isSpace = false;
  const invalidate = () => (frame ||= requestAnimationFrame(draw));
  const view = new View(stage, invalidate);
  const detail = new Detail(view, (message) => life.send(message));
  const state = { view, detail, rect: [], proposal: [], settled: [], ratio: null, thirds: false, ghost: null, near: null, gesture: null };
  const pointers = new Map();
  const ready = () => state.rect.length > 0 && !model.get("problem");
  const same = (a, b) => a.join() === b.join();

  function draw() {
    frame = 0;
    const [wide, high] = view.room, { dots } = view;
    if (!wide || !high) return;
    view.settle();
    base = base?.isConnected ? base : el.closest(".ec-crop")?.querySelector(".ec-crop-picture canvas");
    if (base && view.size[0]) placePicture(base, view);
    const pixels = [Math.round(wide * dots), Math.round(high * dots)];
    if (canvas.width !== pixels[0]) canvas.width = pixels[0];
    if (canvas.height !== pixels[1]) canvas.height = pixels[1];
    const g = canvas.getContext("2d");
    g.setTransform(dots, 0, 0, dots, 0, 0);
    paintCrop(g, state, [wide, high]);
    write();
    tellRoom(wide, high, dots);
    clearTimeout(settling);
    if (base && ready()) settling = setTimeout(() => gesture || detail.ask(base, picture), SETTLES_MS);
  }

  function write() {
    Object.assign(stage.dataset, { rect: state.rect.join(), picture, view: [view.scale, ...view.origin].join(), painted: ++draws });
    tools.level.textContent = ready() ? `${Math.round(view.scale * view.dots * 100)} %` : "";
    if (state.rect.length) writeRect(line, state.rect, view.size, model.get("ratios"));
    else line.textContent = "";
    if (!gesture && spoken.textContent !== line.textContent) spoken.textContent = line.textContent;
  }

  function tellRoom(wide, high, dots) {
    const steps = [wide, high].map((side) => Math.ceil((side * dots) / 128) * 128);
    if (told === steps.join()) return;
    told = steps.join();
    life.send({ type: "room", width: steps[0], height: steps[1] });
  }

  // --- the rectangle and the kernel ------------------------------------------------------------
  function send(message) {
    said = life.turn;
    life.send({ ...message, picture });
  }
  function put(rect) {
    state.rect = rect;
    invalidate();
  }
  function change(rect) {
    flush();
    if (same(rect, state.rect)) return;
    put(rect);
    send({ type: "rect", rect });
  }
  /** A key that is held down makes one change. */
  function nudge(rect) {
    if (same(rect, state.rect)) return;
    put(rect);
    clearTimeout(nudged);
    nudged = setTimeout(flush, NUDGED_MS);
  }
  function flush() {
    if (!nudged) return;
    clearTimeout(nudged);
    nudged = 0;
    send({ type: "rect", rect: state.rect });
  }
  function tell(type) {
    flush();
    send({ type });
  }
  function choose(name) {
    if (!ready()) return;
    flush();
    state.ratio = ratioOf(name, ...view.size);
    put(snapped(state.rect, state.ratio));
    tools.ratio.value = name;
    send({ type: "ratio", ratio: name, rect: state.rect });
  }
  function turn(by) {
    const names = model.get("ratios"), at = names.indexOf(tools.ratio.value) + by + names.length;
    choose(names[at % names.length]);
  }

  /** What the kernel says holds, unless this view has said something since. */
  function follow() {
    const [from, at] = model.get("heard");
    if (from === life.view) heard = at;
    if (!gesture && !nudged && heard >= said) adopt();
  }
  function adopt() {
    state.rect = [...model.get("rect")];
    tools.ratio.value = model.get("ratio");
    state.ratio = view.size[0] ? ratioOf(model.get("ratio"), ...view.size) : null;
    invalidate();
  }
  function open() {
    if (model.get("picture") === picture) return;
    picture = model.get("picture");
    clearTimeout(nudged);
    nudged = 0;
    said = heard;
    gesture = state.gesture = state.ghost = state.near = null;
    detail.forget();
    Object.assign(view, { size: model.get("size"), fitted: true });
    adopt();
  }
  function dress() {
    const problem = model.get("problem"), covered = problem || (model.get("loading") ? "Reading the picture …" : "");
    for (const name of ["proposal", "settled", "thirds"]) state[name] = model.get(name);
    stage.setAttribute("aria-label", model.get("label"));
    stage.style.height = model.get("tall") ? `${model.get("tall")}px` : "";
    curtain.textContent = covered;
    curtain.hidden = !covered;
    curtain.dataset.kind = problem ? "problem" : "loading";
    tools.undo.disabled = !model.get("can_undo");
    tools.redo.disabled = !model.get("can_redo");
    tools.proposal.disabled = !state.proposal.length;
    tools.thirds.setAttribute("aria-pressed", state.thirds);
    invalidate();
  }

  // --- gestures --------------------------------------------------------------------------------
  /** What a hand finds at a point: the name of a handle, "move", or "draw". */
  function partAt([x, y], draws) {
    if (draws) return "draw";
    const box = view.onScreen(state.rect), [x1, y1, x2, y2] = box;
    const isInside = x > x1 && x < x2 && y > y1 && y < y2;
    const most = isInside ? Math.min(x2 - x1, y2 - y1) / 4 : REACH; // enough is left to move it by
    const offs = Object.entries(handles(box)).map(([name, [hx, hy]]) => [Math.max(Math.abs(hx - x), Math.abs(hy - y)), name]);
    const [off, name] = offs.sort((a, b) => a[0] - b[0])[0];
    if (off <= Math.min(REACH, most)) return name;
    const edge = Math.min(EDGE, most), across = x > x1 && x < x2, along = y > y1 && y < y2;
    if (across && Math.abs(y - y1) <= edge) return "n";
    if (across && Math.abs(y - y2) <= edge) return "s";
    if (along && Math.abs(x - x1) <= edge) return "w";
    if (along && Math.abs(x - x2) <= edge) return "e";
    return isInside && !isFull(state.rect, ...view.size) ? "move" : "draw";
  }

  const begin = {
    pan: (point) => {
      let last = point;
      return (at) => {
        view.pan(at[0] - last[0], at[1] - last[1]);
        last = at;
      };
    },
    move: (point) => {
      const before = state.rect, from = view.inPicture(point);
      return (at) => {
        const [x, y] = view.inPicture(at);
        put(moved(before, x - from[0], y - from[1], ...view.size));
      };
    },
    draw: (point) => {
      const before = state.rect, from = view.corner(point);
      return (at) => {
        const to = view.corner(at), far = Math.hypot(at[0] - point[0], at[1] - point[1]) > 4;
        const holds = far && to[0] !== from[0] && to[1] !== from[1];
        state.ghost = holds && state.ratio !== null ? [...from, ...to] : null;
        put(holds ? snapped([...from, ...to], state.ratio) : before);
      };
    },
    resize: (point, name) => {
      const before = state.rect, [x1, y1, x2, y2] = before, [px, py] = view.inPicture(point);
      const dx = (name.includes("w") ? x1 : name.includes("e") ? x2 : px) - px;
      const dy = (name.includes("n") ? y1 : name.includes("s") ? y2 : py) - py;
      return (at) => {
        const [x, y] = view.inPicture(at); // the edge keeps its distance to the pointer
        put(same(at, point) ? before : resized(before, name, x + dx, y + dy, ...view.size, state.ratio));
      };
    },
  };
  function start(kind, point, name) {
    flush();
    gesture = { before: state.rect, move: begin[kind](point, name) };
    state.gesture = kind;
    stage.classList.toggle("ec-crop-pans", kind === "pan");
  }
  function finish(keeps) {
    if (!gesture) return;
    const after = state.rect;
    state.rect = gesture.before;
    gesture = state.gesture = state.ghost = null;
    stage.classList.remove("ec-crop-pans");
    if (keeps) change(after);
    follow();
    invalidate();
  }
  function pinch() {
    const [a, b] = [...pointers.values()];
    const apart = Math.hypot(a[0] - b[0], a[1] - b[1]), centre = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
    if (pinch.apart) {
      view.pan(centre[0] - pinch.centre[0], centre[1] - pinch.centre[1]);
      view.zoom(apart / pinch.apart, centre);
    }
    Object.assign(pinch, { apart, centre });
  }
  function hover(part) {
    stage.style.cursor = isSpace ? "grab" : (CURSORS[part] ?? "");
    if (part !== state.near) invalidate();
    state.near = part;
  }

  life.listen(stage, "pointerdown", (event) => {
    if (event.button > 1) return;
    event.preventDefault();
    stage.focus({ preventScroll: true });
    if (!ready()) return;
    stage.setPointerCapture(event.pointerId);
    const point = view.pointOf(event);
    pointers.set(event.pointerId, point);
    if (pointers.size > 1) {
      finish(false);
      pinch.apart = 0;
      return;
    }
    const part = event.button === 1 || isSpace ? "pan" : partAt(point, event.shiftKey);
    if (begin[part]) start(part, point);
    else start("resize", point, part);
    invalidate();
  });
  life.listen(stage, "pointermove", (event) => {
    const point = view.pointOf(event);
    if (pointers.has(event.pointerId)) pointers.set(event.pointerId, point);
    if (pointers.size === 2) pinch();
    else if (gesture) gesture.move(point);
    else if (ready()) hover(partAt(point, event.shiftKey));
  });
  const lift = (keeps) => (event) => {
    if (gesture && keeps && pointers.has(event.pointerId)) gesture.move(view.pointOf(event));
    pointers.delete(event.pointerId);
    finish(keeps);
  };
  life.listen(stage, "pointerup", lift(true));
  life.listen(stage, "pointercancel", lift(false));
  life.listen(stage, "pointerleave", () => hover(null));
  life.listen(stage, "dblclick", (event) => ready() && partAt(view.pointOf(event)) === "move" && view.zoomTo(state.rect));
  life.listen(stage, "wheel", wheel, { passive: false });
  let scrolled = -Infinity; // whoever scrolls the page past the picture does not mean to zoom
  life.listen(document, "wheel", (event) => stage.contains(event.target) || (scrolled = event.timeStamp), { capture: true, passive: true });
  function wheel(event) {
    if (event.timeStamp - scrolled < SCROLLS_MS) return void (scrolled = event.timeStamp);
    if (!ready() || event.shiftKey || (view.fitted && event.deltaY > 0)) return; // the page may scroll
    event.preventDefault();
    const unit = event.deltaMode === 1 ? 30 : 1;
    view.zoom(Math.exp(-event.deltaY * unit * 0.002), view.pointOf(event));
  }

  // --- keys and buttons ------------------------------------------------------------------------
  const whole = () => [0, 0, ...view.size];
  const acts = {
    in: () => view.zoom(1.4), out: () => view.zoom(1 / 1.4), fit: () => view.fit(), actual: () => view.actual(state.rect),
    whole: () => change(whole()), proposal: () => state.proposal.length && change(state.proposal),
    undo: () => tell("undo"), redo: () => tell("redo"), choose,
    thirds: () => {
      model.set("thirds", !state.thirds);
      model.save_changes();
    },
  };
  const tools = cropTools(life, stage, model.get("ratios"), acts, ready);
  const push = (dx, dy) => () => nudge(moved(state.rect, dx, dy, ...view.size));
  const grow = (steps) => () => nudge(grown(state.rect, steps, ...view.size, state.ratio));
  const keys = {
    "+": acts.in, "=": acts.in, "-": acts.out, 0: acts.fit, a: acts.actual, "[": grow(-1), "]": grow(1),
    w: acts.whole, p: acts.proposal, g: acts.thirds, r: () => turn(1), "Shift+r": () => turn(-1),
    z: acts.undo, "Ctrl+z": acts.undo, "Shift+z": acts.redo, "Ctrl+Shift+z": acts.redo, "Ctrl+y": acts.redo,
    Space: () => hold(true), Escape: () => (gesture ? finish(false) : stage.closest(".ec-panel")?.focus({ preventScroll: true })),
  };
  for (const [name, dx, dy] of [["Left", -1, 0], ["Right", 1, 0], ["Up", 0, -1], ["Down", 0, 1]]) {
    keys[`Arrow${name}`] = push(dx, dy);
    keys[`Shift+Arrow${name}`] = push(10 * dx, 10 * dy);
  }
  function hold(is) {
    isSpace = is;
    hover(is ? "draw" : null);
  }
  const idle = new Set(["Escape", "Space"]); // what also works without a rectangle
  for (const [name, act] of Object.entries(keys)) if (!idle.has(name)) keys[name] = () => ready() && act();
  ownKeys(life, stage, keys, () => null);
  life.listen(stage, "keyup", (event) => {
    if (event.key === " ") hold(false);
    if (event.key.startsWith("Arrow") || "[]".includes(event.key)) flush();
  });
  life.listen(stage, "blur", () => {
    hold(false);
    flush();
  });
  life.listen(el, "keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || el.closest(".ec-panel")) return;
    if (PLAIN_KEY.test(event.key)) event.stopPropagation(); // JupyterLab's own keys mean a cell
  });

  life.watch("rect ratio heard", follow);
  life.watch("picture", open);
  life.watch("proposal settled thirds label tall problem loading can_undo can_redo", dress);
  life.watch("msg:custom", (message, buffers) => {
    if (message.type === "detail" && message.picture === picture) detail.take(message, buffers[0], () => picture);
  });
  life.hear("crop", ({ slot, act }) => slot === model.get("slot") && ready() && acts[act]());
  life.hear("rects", ({ panel, into }) => { // as it is now: what was just pushed may not be drawn yet
    if (!panel.contains(stage)) return; // another view of the same pictures
    flush();
    into[model.get("slot")] = { picture, rect: [...state.rect] };
  });
  life.redraw(stage, invalidate);
  el.classList.add("ec-crop-layer");
  el.append(tools.bar, stage, line);
  open();
  dress();
  return () => {
    cancelAnimationFrame(frame);
    for (const timer of [settling, nudged]) clearTimeout(timer);
    life.end();
  };
}

export default { render };
