// A timeline: gestures and keys. While a gesture lasts nothing is sent; one message follows it.
// What it looks like, and what else it can do, is a matter of its kind (timeline_plot.js).

const SHORTEST_VIEW = 0.25, SHORTEST = 0.5, REACH = 6; // seconds, seconds, pixels

function timeline({ model, el }, kind) {
  const life = new Lifetime(model);
  const root = element("div", "ec-view ec-timeline-root");
  const canvas = element("canvas", "ec-timeline ec-focus", { tabindex: 0, role: "application" });
  const spoken = element("div", "ec-spoken", { role: "status", "aria-live": "polite" });
  root.append(canvas, spoken);
  el.append(root);

  const state = {
    rows: columns(new Float64Array()), other: [], otherLabel: "", reviewed: [], chosen: new Set(), folder: "", spans: [], names: [], scores: [], grid: [8, 1],
    tiles: new Map(), asked: new Set(), overview: [], coarsest: 0, hearing: false, generation: -1,
    view: [0, 1], duration: 0, threshold: 0, playhead: 0, selected: null,
    hover: null, near: null, dragging: null, palette: null,
  };
  const stats = (canvas.stats = { draws: 0, last: 0 });
  let waiting = false;

  const readers = {
    rows: () => {
      if (state.dragging === "edge") gesture = null; // its region may be gone
      state.rows = columns(typed(model.get("rows"), Float64Array));
    },
    other: () => (state.other = typed(model.get("other"), Float64Array)),
    other_label: () => (state.otherLabel = model.get("other_label")),
    reviewed: () => (state.reviewed = typed(model.get("reviewed"), Float64Array)),
    chosen: () => (state.chosen = new Set(typed(model.get("chosen"), Float64Array))),
    folder: () => (state.folder = model.get("folder")),
    spans: () => (state.spans = typed(model.get("spans"), Float64Array)),
    names: () => (state.names = model.get("names")),
    scores: () => (state.scores = typed(model.get("scores"), Float32Array)),
    grid: () => (state.grid = model.get("grid")),
    overview: () => (state.overview = typed(model.get("overview"), Int8Array)),
    waveform: () => {
      [state.coarsest, state.generation, state.hearing] = model.get("waveform");
      state.tiles.clear();
      state.asked.clear();
    },
    duration: () => (state.duration = model.get("duration")),
    view: () => (state.view = within(model.get("view"))),
    threshold: () => (state.threshold = model.get("threshold")),
    playhead: () => movePlayhead(model.get("playhead")),
    selected: () => {
      state.selected = model.get("selected");
      reveal();
    },
    ...kind.readers(model, state),
    height: () => (canvas.style.height = `${model.get("height")}px`),
    label: () => canvas.setAttribute("aria-label", model.get("label")),
  };

  function within([a, b]) {
    const span = Math.min(Math.max(b - a, SHORTEST_VIEW), state.duration || 1);
    const begin = Math.min(Math.max(a, 0), Math.max((state.duration || 1) - span, 0));
    return [begin, begin + span];
  }

  /** The view turns a page where the playhead leaves it, and stays where a person has gone. */
  function movePlayhead(time) {
    const [a, b] = state.view;
    const left = state.playhead >= a && state.playhead <= b && (time < a || time > b);
    state.playhead = time;
    if (left && !gesture) show(time);
  }
  function show(time) {
    const span = state.view[1] - state.view[0];
    if (time < state.view[0] || time > state.view[1]) look([time - span * 0.1, time + span * 0.9]);
  }

  /** Bring the selected region into view, keeping the zoom where it fits. */
  function reveal() {
    const i = state.rows.id.indexOf(state.selected ?? NaN);
    if (i < 0) return;
    const { start, end } = state.rows, [a, b] = state.view;
    if (start[i] >= a && end[i] <= b) return;
    const span = Math.max(b - a, (end[i] - start[i]) * 1.5), middle = (start[i] + end[i]) / 2;
    look([middle - span / 2, middle + span / 2]);
  }

  function invalidate() {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(draw);
  }

  function draw() {
    waiting = false;
    const width = canvas.clientWidth, height = canvas.clientHeight, dpr = window.devicePixelRatio || 1;
    if (!width || !height) return;
    const begun = performance.now();
    const pixels = [Math.round(width * dpr), Math.round(height * dpr)];
    if (canvas.width !== pixels[0]) canvas.width = pixels[0];
    if (canvas.height !== pixels[1]) canvas.height = pixels[1];
    const g = canvas.getContext("2d");
    g.setTransform(dpr, 0, 0, dpr, 0, 0);
    g.textBaseline = "middle";
    state.palette = palette(canvas);
    kind.paint(g, state, width, height);
    askForTiles(width);
    stats.draws += 1;
    stats.last = performance.now() - begun;
    canvas.dataset.painted = stats.draws;
  }

  function askForTiles(width) {
    if (!state.overview.length) return;
    const [a, b] = state.view, level = levelFor(state, width / (b - a));
    const seconds = TILE / (BINS_PER_S / FACTOR ** level);
    for (let index = Math.floor(a / seconds); index * seconds < b; index++) {
      const key = `${level}:${index}`;
      if (level === state.coarsest || state.asked.has(key)) continue;
      state.asked.add(key);
      life.send({ type: "tile", level, index, generation: state.generation });
    }
  }

  function receive(message, buffers) {
    if (message.type !== "tile" || message.generation !== state.generation) return;
    state.tiles.set(`${message.level}:${message.index}`, typed(buffers[0], Int8Array));
    invalidate();
  }

  let settled = 0;
  function look(view) {
    state.view = within(view);
    clearTimeout(settled);
    settled = setTimeout(store, 150);
    invalidate();
  }
  function store() {
    if (gesture) return (settled = setTimeout(store, 150)); // one message follows a gesture
    model.set("view", [...state.view]);
    model.save_changes();
  }
  const timeAt = (x) => state.view[0] + (x / canvas.clientWidth) * (state.view[1] - state.view[0]);
  const xOf = (time) => ((time - state.view[0]) / (state.view[1] - state.view[0])) * canvas.clientWidth;
  const perPixel = () => (state.view[1] - state.view[0]) / canvas.clientWidth;
  function zoom(factor, around) {
    const [a, b] = state.view;
    const span = Math.min(Math.max((b - a) * factor, SHORTEST_VIEW), state.duration);
    const share = (around - a) / (b - a);
    look([around - share * span, around + (1 - share) * span]);
  }
  const fit = () => look([0, state.duration]);
  function zoomToRegion() {
    const i = state.rows.id.indexOf(state.selected ?? NaN);
    if (i < 0) return fit();
    const { start, end } = state.rows, room = (end[i] - start[i]) * 0.75;
    look([start[i] - room, end[i] + room]);
  }
  function middle() {
    const [a, b] = state.view;
    return state.playhead >= a && state.playhead <= b ? state.playhead : (a + b) / 2;
  }

  /** The edge within reach, of the selected region first, else of the nearest. */
  function edgeAt(x) {
    const { rows } = state, reach = REACH * perPixel(), time = timeAt(x);
    let best = null;
    for (let i = firstAt(rows.start, time - rows.longest - reach); i < rows.n && rows.start[i] <= time + reach; i++) {
      for (const side of ["start", "end"]) {
        const off = Math.abs(rows[side][i] - time) - (rows.id[i] === state.selected ? reach : 0);
        if (Math.abs(rows[side][i] - time) <= reach && (!best || off < best.off)) best = { i, side, off };
      }
    }
    return best;
  }

  /** The shortest region that holds this time: it would otherwise be hidden by longer ones. */
  function regionAt(x, y) {
    const { rows } = state, time = timeAt(x), at = lanesNow();
    let best = -1;
    for (let i = firstAt(rows.start, time - rows.longest); i < rows.n && rows.start[i] <= time; i++) {
      if (rows.end[i] < time || !kind.holds(state, i, y, at)) continue;
      if (best < 0 || rows.end[i] - rows.start[i] < rows.end[best] - rows.start[best]) best = i;
    }
    return best;
  }

  const lanesNow = () => kind.lanes(canvas.clientHeight, state);
  function partAt(x, y, shift) {
    const at = lanesNow();
    if (y <= at.overview[1]) return "overview";
    if (shift && kind.pulls && edgeAt(x)) return "edge";
    const line = scoreY(at, state.threshold);
    if (state.scores.length && y >= at.scores[0] && Math.abs(y - line) <= REACH) return "threshold";
    return "body";
  }

  let gesture = null;
  const begin = {
    overview: (x) => {
      const centre = (time) => {
        const span = state.view[1] - state.view[0];
        look([time - span / 2, time + span / 2]);
      };
      const go = (at) => centre((at / canvas.clientWidth) * state.duration);
      const inside = Math.abs((x / canvas.clientWidth) * state.duration - (state.view[0] + state.view[1]) / 2) * 2 < state.view[1] - state.view[0];
      const offset = inside ? ((state.view[0] + state.view[1]) / 2 / state.duration) * canvas.clientWidth - x : 0;
      go(x + offset);
      return { move: (at) => go(at + offset), end: () => {} };
    },
    edge: (x) => {
      const { rows } = state, { i, side } = edgeAt(x), id = rows.id[i], version = model.get("version");
      const before = [rows.start[i], rows.end[i]], offset = rows[side][i] - timeAt(x);
      state.selected = id;
      return {
        move: (at) => {
          const time = timeAt(at) + offset;
          if (side === "start") rows.start[i] = Math.max(Math.min(time, before[1] - SHORTEST), 0);
          else rows.end[i] = Math.min(Math.max(time, before[0] + SHORTEST), state.duration);
          rows.longest = Math.max(rows.longest, rows.end[i] - rows.start[i]);
          state.hover = rows[side][i];
        },
        end: () => {
          if (rows.start[i] === before[0] && rows.end[i] === before[1]) return;
          life.send({ type: "resize", id, start: rows.start[i], end: rows.end[i], version });
        },
        cancel: () => ([rows.start[i], rows.end[i]] = before),
      };
    },
    threshold: () => {
      const before = state.threshold;
      return {
        move: (_, y) => (state.threshold = Math.round(scoreAt(lanesNow(), y) * 100) / 100),
        end: () => state.threshold !== before && life.send({ type: "threshold", value: state.threshold }),
        cancel: () => (state.threshold = before),
      };
    },
    body: (x, y) => {
      const view = [...state.view];
      let moved = false;
      return {
        move: (at) => {
          moved ||= Math.abs(at - x) > 3;
          if (moved) look([view[0] - (at - x) * perPixel(), view[1] - (at - x) * perPixel()]);
        },
        end: () => moved || click(x, y),
        cancel: () => look(view),
      };
    },
  };

  function click(x, y) {
    const i = regionAt(x, y), time = Math.min(Math.max(timeAt(x), 0), state.duration);
    state.playhead = time;
    if (i >= 0) state.selected = state.rows.id[i];
    life.tell("seek", { time });
    life.send({ type: "seek", time, id: i < 0 ? null : state.rows.id[i], version: model.get("version") });
  }

  function seekTo(time) {
    const to = Math.min(Math.max(time, 0), state.duration);
    state.playhead = to;
    show(to);
    life.tell("seek", { time: to });
    life.send({ type: "seek", time: to, id: null, version: model.get("version") });
    invalidate();
  }

  life.listen(canvas, "pointerdown", (event) => {
    if (event.button !== 0 || !state.duration) return;
    canvas.focus({ preventScroll: true });
    canvas.setPointerCapture(event.pointerId);
    state.dragging = partAt(event.offsetX, event.offsetY, event.shiftKey);
    gesture = begin[state.dragging](event.offsetX, event.offsetY);
    invalidate();
  });
  life.listen(canvas, "pointermove", (event) => {
    state.hover = timeAt(event.offsetX);
    if (gesture) gesture.move(event.offsetX, event.offsetY);
    else point(event);
    invalidate();
  });
  const finish = (how) => {
    const ended = gesture;
    gesture = state.dragging = null;
    ended?.[how]?.();
    invalidate();
  };
  life.listen(canvas, "pointerup", (event) => {
    gesture?.move(event.offsetX, event.offsetY);
    finish("end");
  });
  life.listen(canvas, "pointercancel", () => finish("cancel"));
  life.listen(canvas, "pointerleave", () => {
    state.hover = state.near = null;
    invalidate();
  });
  life.listen(canvas, "dblclick", (event) => {
    if (regionAt(event.offsetX, event.offsetY) >= 0) zoomToRegion();
  });
  life.listen(canvas, "wheel", wheel, { passive: false });

  function wheel(event) {
    if (!state.duration) return;
    const sideways = event.shiftKey ? event.deltaY || event.deltaX : event.deltaX;
    const whole = state.view[1] - state.view[0] >= state.duration;
    if (!sideways && whole && event.deltaY > 0) return; // all is in view: the page may scroll
    event.preventDefault();
    const unit = event.deltaMode === 1 ? 30 : 1;
    if (Math.abs(sideways) > Math.abs(event.shiftKey ? 0 : event.deltaY)) {
      const by = sideways * unit * perPixel();
      look([state.view[0] + by, state.view[1] + by]);
    } else zoom(Math.exp(event.deltaY * unit * 0.002), timeAt(event.offsetX));
  }

  const cursors = { overview: "grab", edge: "ew-resize", threshold: "ns-resize", body: "crosshair" };
  function point(event) {
    state.near = partAt(event.offsetX, event.offsetY, event.shiftKey);
    canvas.style.cursor = cursors[state.near];
  }

  const keys = {
    f: fit, [kind.zooms]: zoomToRegion,
    "+": () => zoom(0.7, middle()), "=": () => zoom(0.7, middle()), "-": () => zoom(1 / 0.7, middle()),
    ArrowLeft: () => seekTo(state.playhead - 1), ArrowRight: () => seekTo(state.playhead + 1),
    "Shift+ArrowLeft": () => seekTo(state.playhead - 10), "Shift+ArrowRight": () => seekTo(state.playhead + 10),
    Home: () => seekTo(0), End: () => seekTo(state.duration),
    Escape: () => finish("cancel"),
  };
  ownKeys(life, canvas, keys, verbKeys(life));

  for (const [name, read] of Object.entries(readers)) {
    life.watch(name, () => {
      read();
      invalidate();
    });
  }
  life.watch("selected spoken", () => (spoken.textContent = model.get("spoken")));
  life.watch("msg:custom", receive);
  life.watch("msg:custom", (message) => message.type === "fit" && fit());
  life.hear("position", ({ time }) => {
    movePlayhead(time);
    invalidate();
  });
  life.redraw(canvas, invalidate);
  kind.begin(life, canvas);
  state.playhead = model.get("playhead"); // no page is turned for where it already is
  for (const name of ["duration", ...Object.keys(readers)]) readers[name]();
  invalidate();
  return () => {
    clearTimeout(settled);
    life.end();
  };
}
