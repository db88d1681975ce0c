// What a timeline is made of: packed regions, lanes, levels of the waveform, colours.

const OVERVIEW = 14, RULER = 20, MARKS = 18, GAP = 3, OTHER = 46;
const DISABLED = 1, NEGATIVE = 2, EXPORTED = 4, PROPOSED = 8, JUDGED = 16; // flags of a region
const STRIDE = 7; // numbers per region: id, start, end, score, flags, original start and end
const STEPS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 18000];
const BINS_PER_S = 100, FACTOR = 8, TILE = 4096; // as in eightcut/jobs/peaks.py

/** Columns of the packed regions, which are sorted by start. */
function columns(packed) {
  const n = packed.length / STRIDE;
  const pick = (offset) => Float64Array.from({ length: n }, (_, i) => packed[i * STRIDE + offset]);
  const [id, start, end, score, flags, origStart, origEnd] = [0, 1, 2, 3, 4, 5, 6].map(pick);
  let longest = 0;
  for (let i = 0; i < n; i++) longest = Math.max(longest, end[i] - start[i]);
  return { n, id, start, end, score, flags, origStart, origEnd, longest };
}

/** The first index whose value is at least `value`. */
function firstAt(sorted, value) {
  let low = 0, high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Which lane lies where, in CSS pixels. */
function lanes(height, comparing) {
  const top = OVERVIEW + RULER + GAP, other = comparing ? OTHER : 0;
  const room = height - top - MARKS - GAP - other;
  const wave = Math.round(room * 0.5);
  return {
    overview: [0, OVERVIEW],
    ruler: [OVERVIEW, OVERVIEW + RULER],
    wave: [top, top + wave],
    scores: [top + wave + GAP, top + room],
    other: [top + room + GAP, top + room + other],
    marks: [height - MARKS, height],
  };
}

/** Colours of the Jupyter theme, read when they are needed: a theme may change at any time. */
function palette(canvas) {
  const style = getComputedStyle(canvas);
  const read = (name, otherwise) => style.getPropertyValue(name).trim() || otherwise;
  const back = read("--jp-layout-color1", "#ffffff");
  const dark = luminance(back) < 0.4;
  const pick = (onLight, onDark) => (dark ? onDark : onLight);
  return {
    back, dark,
    raised: read("--jp-layout-color2", pick("#eeeeee", "#333333")),
    line: read("--jp-border-color1", pick("#bdbdbd", "#616161")),
    text: read("--jp-ui-font-color1", pick("#212121", "#ffffff")),
    faint: read("--jp-ui-font-color2", pick("#616161", "#bdbdbd")),
    brand: read("--jp-brand-color1", "#1976d2"),
    font: read("--jp-ui-font-family", "system-ui, sans-serif"),
    wave: pick("#8d99a6", "#7f8b99"), // the others: Okabe and Ito's, darker or lighter to be read
    region: pick("#0072b2", "#56b4e9"),
    negative: pick("#c44601", "#ff8f5a"),
    exported: pick("#00795a", "#2bd4a5"),
    other: pick("#7a5195", "#cf9ff0"),
    folders: pick(["#7a5195", "#8a6000", "#0072b2", "#a3195b"], ["#cf9ff0", "#e6c04a", "#7cc7f5", "#ff8fc0"]),
    curve: pick("#3d4650", "#d5dbe1"),
    threshold: pick("#9a6b00", "#f0c541"),
    playhead: pick("#c2185b", "#ff6fa8"),
  };
}

function luminance(colour) {
  const probe = luminance.context ??= document.createElement("canvas").getContext("2d");
  probe.fillStyle = "#000";
  probe.fillStyle = colour;
  const hex = /^#(..)(..)(..)$/.exec(probe.fillStyle);
  if (!hex) return 1;
  const [red, green, blue] = hex.slice(1).map((pair) => parseInt(pair, 16) / 255);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** The finest bins at hand that cover [a, b): those asked for, else the coarsest of the file. */
function bins(state, level, time) {
  const rate = BINS_PER_S / FACTOR ** level;
  const index = Math.floor(time * rate);
  const tile = state.tiles.get(`${level}:${Math.floor(index / TILE)}`);
  if (tile) return { rate, offset: Math.floor(index / TILE) * TILE, pairs: tile };
  return { rate: BINS_PER_S / FACTOR ** state.coarsest, offset: 0, pairs: state.overview };
}

/** The level with at least one bin per pixel, as coarse as that allows. */
function levelFor(state, scale) {
  const wanted = Math.floor(Math.log(BINS_PER_S / scale) / Math.log(FACTOR));
  return Math.min(Math.max(wanted, 0), state.coarsest);
}

const scoreY = (lanes, score) => lanes.scores[1] - 2 - score * (lanes.scores[1] - lanes.scores[0] - 4);
const scoreAt = (lanes, y) =>
  Math.min(Math.max((lanes.scores[1] - 2 - y) / (lanes.scores[1] - lanes.scores[0] - 4), 0), 1);
