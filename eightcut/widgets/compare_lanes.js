// Two scan versions as lanes above one another. Colour is never alone in saying what changed:
// gained is below, solid and a plus; lost is above, hatched and a minus; shifted is joined by lines.

const KEPT = 0, SHIFTED = 1, GAINED = 2, LOST = 3;
const SIGNS = ["=", "↔", "+", "−"], DECIDED = ["", "✓", "✕", "⊘"];
const TITLE = 16; // pixels of a lane that its name takes
const isOld = (flags) => Boolean(flags & 1); // flags: the side, two bits of kind, two of state
const kindOf = (flags) => (flags >> 1) & 3;
const stateOf = (flags) => (flags >> 3) & 3;

function sides(height) {
  const top = OVERVIEW + RULER + GAP, room = height - top - 2 * GAP;
  const wave = Math.round(room * 0.22), lane = (room - wave) / 2;
  const old = top + wave + GAP, fresh = old + lane + GAP;
  return {
    overview: [0, OVERVIEW], ruler: [OVERVIEW, OVERVIEW + RULER], wave: [top, top + wave],
    old: [old, old + lane], new: [fresh, height - 1], scores: [old, height], marks: [height, height],
  };
}

function paintCompared(g, state, width, height) {
  const scale = width / (state.view[1] - state.view[0]);
  const x = (time) => (time - state.view[0]) * scale;
  const scene = { g, state, width, scale, lanes: sides(height), ink: state.palette, x };
  g.fillStyle = scene.ink.back;
  g.fillRect(0, 0, width, height);
  if (!state.duration) return paintEmpty(scene, height);
  paintRuler(scene);
  paintWave(scene);
  paintPicked(scene, height);
  paintSide(scene, "old");
  paintSide(scene, "new");
  paintMoves(scene);
  paintLine(scene, state.hover, scene.ink.faint, false);
  paintLine(scene, state.playhead, scene.ink.playhead, true);
  paintOverview({ ...scene, state: { ...state, rows: { n: 0 } } });
  paintWhere(scene);
}

const kindColour = (kind, ink) => [ink.region, ink.other, ink.exported, ink.negative][kind];

/** Regions of one version, its score curve, its threshold and its name. */
function paintSide(scene, side) {
  const { g, state, width, ink, lanes } = scene, [top, bottom] = lanes[side];
  const inner = { scores: [top + TITLE, bottom - 2] };
  g.fillStyle = ink.line;
  g.fillRect(0, top - 2, width, 1);
  const said = paintBoxes(scene, side, inner.scores);
  const own = { ...state, ...state.curves[side], threshold: 0 };
  g.globalAlpha = 0.75;
  paintCurve({ ...scene, lanes: inner, state: own });
  paintLeast(scene, inner, state.curves[side]);
  g.globalAlpha = 1;
  for (const [words, place] of said) paintWords(g, ink, words, place);
  g.font = `600 11px ${ink.font}`;
  const text = state.titles[side === "old" ? 0 : 1] ?? "";
  g.fillStyle = ink.text;
  g.fillText(text, 6, top + TITLE / 2, width - 12);
}

/** A dashed line at the threshold, where the scores are known. */
function paintLeast({ g, width, ink }, inner, { scores, least }) {
  if (!scores.length || least === null) return;
  const y = Math.round(scoreY(inner, least)) + 0.5;
  g.strokeStyle = ink.threshold;
  g.setLineDash([6, 3]);
  g.beginPath();
  g.moveTo(0, y);
  g.lineTo(width, y);
  g.stroke();
  g.setLineDash([]);
}

/** Wide regions one by one; of those under two pixels the most telling one per column.
 * It returns what is to be written on them, over the curve. */
function paintBoxes(scene, side, [top, bottom]) {
  const { g, state, width, ink, x } = scene, { rows, view } = state;
  const columns = new Int8Array(Math.ceil(width)).fill(-1), said = [];
  for (let i = firstAt(rows.start, view[0] - rows.longest); i < rows.n && rows.start[i] <= view[1]; i++) {
    if (isOld(rows.flags[i]) !== (side === "old") || rows.end[i] < view[0]) continue;
    const left = x(rows.start[i]), right = x(rows.end[i]);
    if (right - left >= 2) {
      paintBox(scene, i, [left, right, top, bottom]);
      if (right - left >= 16) said.push([wordsOf(rows, i), [Math.max(left, 0), right, top]]);
    } else {
      const column = Math.min(Math.max(Math.floor(left), 0), columns.length - 1);
      columns[column] = Math.max(columns[column], kindOf(rows.flags[i]));
    }
  }
  for (let column = 0; column < columns.length; column++) {
    if (columns[column] < 0) continue;
    g.globalAlpha = columns[column] >= GAINED ? 0.9 : 0.45;
    g.fillStyle = kindColour(columns[column], ink);
    g.fillRect(column, top, 1, bottom - top);
  }
  g.globalAlpha = 1;
  return said;
}

const wordsOf = ({ flags, score }, i) =>
  [SIGNS[kindOf(flags[i])], Number.isNaN(score[i]) ? "" : score[i].toFixed(2), DECIDED[stateOf(flags[i])]];

function paintBox({ g, state, ink }, i, [left, right, top, bottom]) {
  const { flags, id } = state.rows, kind = kindOf(flags[i]), done = stateOf(flags[i]);
  const wide = right - left, high = bottom - top;
  g.fillStyle = g.strokeStyle = kindColour(kind, ink);
  g.globalAlpha = [0.14, 0.2, done ? 0.22 : 0.42, done ? 0.08 : 0.16][kind];
  g.fillRect(left, top, wide, high);
  g.globalAlpha = done || kind === KEPT ? 0.55 : 1;
  if (kind === LOST && wide < 8) g.fillRect(left, top + high / 3, wide, high / 3); // no room to hatch
  else if (kind === LOST) {
    hatch(g, left, right, top, bottom, false);
    g.globalAlpha = done ? 0.55 : 1;
    dashed(g, left, top, wide, high);
  } else g.fillRect(left, top, wide, kind === GAINED ? 4 : 2);
  if (kind === GAINED || kind === SHIFTED) g.fillRect(left, top, 1, high), g.fillRect(right - 1, top, 1, high);
  g.globalAlpha = 1;
  if (id[i] === state.selected) {
    g.strokeStyle = ink.brand;
    g.lineWidth = 2.5;
    g.strokeRect(left, top + 1, Math.max(wide, 3), high - 2);
    g.lineWidth = 1;
  }
}

/** As many of the words as there is room for; the sign and what is decided go first. */
function paintWords(g, ink, [sign, score, done], [left, right, top]) {
  g.font = `600 12px ${ink.font}`;
  const fits = [`${sign} ${score} ${done}`, `${sign} ${done}`, done || sign].map((text) => text.replace(/ +/g, " ").trim());
  const text = fits.find((one) => g.measureText(one).width + 10 <= right - left);
  if (!text) return;
  g.globalAlpha = 0.85;
  g.fillStyle = ink.back;
  g.fillRect(left + 3, top + 6, g.measureText(text).width + 5, 15);
  g.globalAlpha = 1;
  g.fillStyle = ink.text;
  g.fillText(text, left + 5, top + 14);
}

/** Lines from where a region was to where it is now. */
function paintMoves({ g, state, lanes, ink, x }) {
  const { rows, view } = state, was = new Map();
  g.strokeStyle = ink.other;
  g.beginPath();
  for (let i = firstAt(rows.start, view[0] - 2 * rows.longest); i < rows.n; i++) {
    if (rows.start[i] > view[1] + rows.longest) break;
    if (kindOf(rows.flags[i]) !== SHIFTED) continue;
    const other = was.get(rows.id[i]);
    was.set(rows.id[i], i);
    if (other === undefined || rows.start[i] > view[1] || rows.end[other] < view[0]) continue;
    const [old, fresh] = isOld(rows.flags[i]) ? [i, other] : [other, i];
    for (const side of ["start", "end"]) {
      g.moveTo(x(rows[side][old]), lanes.old[1] - 1);
      g.lineTo(x(rows[side][fresh]), lanes.new[0] + TITLE);
    }
  }
  g.stroke();
}

/** The time of the selected change, over both lanes. */
function paintPicked({ g, state, lanes, ink, x }, height) {
  const { rows } = state;
  let left = Infinity, right = -Infinity;
  for (let i = 0; i < rows.n; i++) {
    if (rows.id[i] !== state.selected) continue;
    left = Math.min(left, x(rows.start[i]));
    right = Math.max(right, x(rows.end[i]));
  }
  if (right < left) return;
  g.globalAlpha = 0.12;
  g.fillStyle = ink.brand;
  g.fillRect(left, lanes.wave[0], Math.max(right - left, 2), height - lanes.wave[0]);
  g.globalAlpha = 1;
}

/** In the bar of the whole file: what is lost as ticks above, what is gained below. */
function paintWhere({ g, state, width, ink }) {
  const { rows } = state, scale = width / state.duration;
  for (let i = 0; i < rows.n; i++) {
    const kind = kindOf(rows.flags[i]);
    if (kind < GAINED) continue;
    g.fillStyle = kindColour(kind, ink);
    const wide = Math.max((rows.end[i] - rows.start[i]) * scale, 2);
    g.fillRect(rows.start[i] * scale, kind === LOST ? 2 : OVERVIEW / 2, wide, OVERVIEW / 2 - 2);
  }
}

const kind = {
  paint: paintCompared,
  lanes: sides,
  holds: (state, i, y, at) => {
    const [top, bottom] = at[isOld(state.rows.flags[i]) ? "old" : "new"];
    return y < at.old[0] || (y >= top && y <= bottom);
  },
  pulls: false,
  zooms: "v",
  readers: (model, state) => {
    state.curves = { old: { scores: [], grid: [8, 1], least: null }, new: { scores: [], grid: [8, 1], least: null } };
    state.titles = [];
    const { old, new: fresh } = state.curves;
    return {
      old_scores: () => (old.scores = typed(model.get("old_scores"), Float32Array)),
      new_scores: () => (fresh.scores = typed(model.get("new_scores"), Float32Array)),
      grids: () => ([old.grid, fresh.grid] = model.get("grids")),
      least: () => ([old.least = null, fresh.least = null] = model.get("least")),
      titles: () => (state.titles = model.get("titles")),
    };
  },
  /** Whoever comes back to this screen sees what was changed elsewhere meanwhile. */
  begin: (life, canvas) => {
    const entered = () => life.send({ type: "entered" });
    const inside = (node) => Boolean(node && canvas.closest(".ec-compare")?.contains(node));
    life.listen(document, "focusin", ({ target, relatedTarget }) => inside(target) && !inside(relatedTarget) && entered());
    life.listen(window, "focus", () => inside(document.activeElement) && entered());
  },
};

export default { render: (context) => timeline(context, kind) };
