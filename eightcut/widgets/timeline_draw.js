// How a timeline looks. Nothing here changes anything: a picture of `state` through its `view`.

/** The whole picture. `state` is what the timeline knows, `view` the seconds at both sides. */
function paint(g, state, width, height) {
  const scale = width / (state.view[1] - state.view[0]);
  const scene = {
    g, state, width, scale,
    lanes: lanes(height, Boolean(state.otherLabel)),
    ink: state.palette,
    x: (time) => (time - state.view[0]) * scale,
  };
  g.fillStyle = scene.ink.back;
  g.fillRect(0, 0, width, height);
  if (!state.duration) return paintEmpty(scene, height);
  paintRuler(scene);
  paintWave(scene);
  paintLevels(scene);
  paintRegions(scene);
  paintOther(scene);
  paintReviewed(scene);
  paintCurve(scene);
  paintThreshold(scene);
  paintMarks(scene);
  paintSelected(scene);
  paintLine(scene, state.hover, scene.ink.faint, false);
  paintLine(scene, state.playhead, scene.ink.playhead, true);
  paintOverview(scene);
}

function paintEmpty({ g, width, ink }, height) {
  g.fillStyle = ink.faint;
  g.font = `13px ${ink.font}`;
  g.textAlign = "center";
  g.fillText("Nothing to show: this file has no scan and no known length", width / 2, height / 2);
  g.textAlign = "left";
}

function paintRuler({ g, state, width, lanes, ink, x }) {
  const [a, b] = state.view;
  const step = STEPS.find((s) => ((b - a) / s) * 74 <= width) ?? 36000;
  g.fillStyle = ink.faint;
  g.font = `11px ${ink.font}`;
  g.textBaseline = "middle";
  let taken = -Infinity;
  for (let k = Math.ceil(a / step); k * step <= b; k++) {
    const at = Math.round(x(k * step));
    g.fillStyle = ink.line;
    g.fillRect(at, lanes.ruler[1] - 5, 1, 5);
    g.globalAlpha = 0.35;
    g.fillRect(at, lanes.wave[0], 1, lanes.scores[1] - lanes.wave[0]);
    g.globalAlpha = 1;
    g.fillStyle = ink.faint;
    const text = clock(k * step, step < 1 ? 1 : 0), wide = g.measureText(text).width;
    const left = at + 4 + wide > width ? at - 4 - wide : at + 4; // the last one stays in the picture
    if (left < taken) continue;
    g.fillText(text, left, (lanes.ruler[0] + lanes.ruler[1]) / 2);
    taken = left + wide + 4;
  }
}

function paintWave({ g, state, width, scale, lanes, ink }) {
  const [top, bottom] = lanes.wave, middle = (top + bottom) / 2, half = (bottom - top) / 2 - 1;
  g.fillStyle = ink.wave;
  if (!state.overview.length) {
    g.font = `12px ${ink.font}`;
    g.fillText(state.hearing ? "Reading the sound…" : "No waveform", 8, middle);
    return;
  }
  const level = levelFor(state, scale);
  for (let px = 0; px < width; px++) {
    const from = state.view[0] + px / scale, to = from + 1 / scale;
    const { rate, offset, pairs } = bins(state, level, from);
    const first = Math.floor(from * rate) - offset;
    const last = Math.min(Math.max(Math.ceil(to * rate) - offset, first + 1), pairs.length / 2);
    let least = 127, most = -127;
    for (let i = Math.max(first, 0); i < last; i++) {
      if (pairs[2 * i] < least) least = pairs[2 * i];
      if (pairs[2 * i + 1] > most) most = pairs[2 * i + 1];
    }
    if (most < least) continue;
    const high = (most / 127) * half, low = (least / 127) * half;
    g.fillRect(px, middle - high, 1, Math.max(high - low, 1));
  }
}

function paintLevels({ g, width, lanes, ink }) {
  g.fillStyle = ink.line;
  g.fillRect(0, lanes.scores[0] - 2, width, 1);
  g.fillRect(0, lanes.marks[0] - 2, width, 1);
}

function colourOf(flags, ink) {
  if (flags & DISABLED) return ink.faint;
  if (flags & NEGATIVE) return ink.negative;
  if (flags & PROPOSED) return ink.threshold;
  return flags & EXPORTED ? ink.exported : ink.region;
}

/** Wide regions one by one; those under two pixels pooled into columns, the best score first. */
function paintRegions(scene) {
  const { g, state, width, ink, x } = scene, rows = state.rows;
  const best = new Float32Array(Math.ceil(width)).fill(-1), kind = new Uint8Array(Math.ceil(width));
  const from = firstAt(rows.start, state.view[0] - rows.longest);
  for (let i = from; i < rows.n && rows.start[i] <= state.view[1]; i++) {
    if (rows.end[i] < state.view[0]) continue;
    const left = x(rows.start[i]), right = x(rows.end[i]);
    if (right - left >= 2) paintRegion(scene, i, left, right);
    else {
      const column = Math.min(Math.max(Math.floor(left), 0), best.length - 1);
      if (rows.score[i] >= best[column]) [best[column], kind[column]] = [rows.score[i], rows.flags[i]];
    }
  }
  const [top, bottom] = [scene.lanes.wave[0], scene.lanes.scores[1]];
  for (let column = 0; column < best.length; column++) {
    if (best[column] < 0) continue;
    g.globalAlpha = best[column] < state.threshold ? 0.1 : 0.15 + 0.4 * best[column];
    g.fillStyle = colourOf(kind[column], ink);
    g.fillRect(column, top, 1, bottom - top);
  }
  g.globalAlpha = 1;
}

function paintRegion(scene, i, left, right) {
  const { g, state, ink, lanes } = scene, { score, flags } = state.rows;
  const [top, bottom] = [lanes.wave[0], lanes.scores[1]], wide = right - left;
  const hidden = score[i] < state.threshold && state.dragging === "threshold";
  const faded = hidden || flags[i] & DISABLED;
  paintGhost(scene, i, top, bottom);
  g.fillStyle = g.strokeStyle = colourOf(flags[i], ink);
  g.globalAlpha = faded ? 0.1 : 0.12 + 0.3 * score[i];
  g.fillRect(left, top, wide, bottom - top);
  g.globalAlpha = faded ? 0.5 : 0.9;
  g.fillRect(left, top, 1, bottom - top);
  g.fillRect(right - 1, top, 1, bottom - top);
  g.fillRect(left, top, wide, faded ? 1 : 3);
  if (flags[i] & PROPOSED) dashed(g, left, top, wide, bottom - top);
  if (flags[i] & (DISABLED | NEGATIVE)) hatch(g, left, right, top, bottom, flags[i] & NEGATIVE);
  g.globalAlpha = 1;
  if (wide >= 32) {
    g.font = `600 11px ${ink.font}`;
    const at = Math.max(left, 0) + 4;
    const text = score[i].toFixed(2);
    g.globalAlpha = 0.8;
    g.fillStyle = ink.back;
    g.fillRect(at - 2, top + 4, g.measureText(text).width + 4, 14);
    g.globalAlpha = faded ? 0.6 : 1;
    g.fillStyle = ink.text;
    g.fillText(text, at, top + 11);
    g.globalAlpha = 1;
  }
}

/** What is not stored is drawn as a suggestion. */
function dashed(g, left, top, wide, high) {
  g.setLineDash([5, 4]);
  g.strokeRect(left + 1, top + 1, Math.max(wide - 2, 1), high - 2);
  g.setLineDash([]);
}

/** Where a resized region was found: a dashed outline that reaches beyond it. */
function paintGhost({ g, state, ink, x }, i, top, bottom) {
  const { start, end, origStart, origEnd } = state.rows;
  if (!(origStart[i] < start[i] || origEnd[i] > end[i] || origStart[i] > start[i] || origEnd[i] < end[i])) return;
  g.setLineDash([4, 3]);
  g.strokeStyle = ink.faint;
  g.strokeRect(x(origStart[i]) + 0.5, top + 4.5, x(origEnd[i]) - x(origStart[i]) - 1, bottom - top - 9);
  g.setLineDash([]);
}

/** A texture besides the colour: one slant for disabled, the other for hard negatives. */
function hatch(g, left, right, top, bottom, upwards) {
  g.save();
  g.beginPath();
  g.rect(Math.max(left, -10), top, Math.min(right, 1e5) - Math.max(left, -10), bottom - top);
  g.clip();
  g.globalAlpha = 0.35;
  g.beginPath();
  const high = bottom - top, begin = Math.max(left, -10) - high, stop = Math.min(right, g.canvas.width);
  for (let at = begin - (begin % 9); at < stop; at += 9) {
    g.moveTo(at, upwards ? bottom : top);
    g.lineTo(at + high, upwards ? top : bottom);
  }
  g.stroke();
  g.restore();
}

/** The compared version, in a lane of its own over the same time. */
function paintOther({ g, state, width, lanes, ink, x }) {
  if (!state.otherLabel) return;
  const [top, bottom] = lanes.other, found = state.other;
  g.fillStyle = ink.line;
  g.fillRect(0, top - 2, width, 1);
  for (let i = 0; i < found.length; i += 3) {
    const left = x(found[i]), right = Math.max(x(found[i + 1]), left + 1);
    if (right < 0 || left > width) continue;
    g.fillStyle = ink.other;
    g.globalAlpha = 0.15 + 0.4 * found[i + 2];
    g.fillRect(left, top + 16, right - left, bottom - top - 18);
    g.globalAlpha = 0.9;
    g.fillRect(left, top + 16, right - left, 2);
    g.globalAlpha = 1;
    if (right - left >= 36) {
      g.font = `11px ${ink.font}`;
      g.fillStyle = ink.text;
      g.fillText(found[i + 2].toFixed(2), Math.max(left, 0) + 4, top + 26);
    }
  }
  g.font = `11px ${ink.font}`;
  g.fillStyle = ink.other;
  g.fillRect(4, top + 4, 8, 8);
  g.fillStyle = ink.faint;
  g.fillText(`compared: ${state.otherLabel}`, 17, top + 8);
}

/** A bar below the ruler over the parts that were reviewed as a whole. */
function paintReviewed({ g, state, width, lanes, ink, x }) {
  g.fillStyle = ink.exported;
  for (let i = 0; i < state.reviewed.length; i += 2) {
    const left = Math.max(x(state.reviewed[i]), 0), right = Math.min(x(state.reviewed[i + 1]), width);
    if (right > left) g.fillRect(left, lanes.ruler[1] - 1, right - left, 3);
  }
}

/** The best window per pixel, drawn at the middle of the window. */
function paintCurve({ g, state, width, scale, lanes, ink, x }) {
  const { scores, view } = state, [length, hop] = state.grid;
  if (!scores.length) return;
  g.strokeStyle = ink.curve;
  g.lineWidth = 1.25;
  g.beginPath();
  const per = Math.max(1, Math.floor(1 / (hop * scale)));
  const begin = Math.max(Math.floor((view[0] - length / 2) / hop) - 1, 0);
  let drawing = false;
  for (let k = begin - (begin % per); k < scores.length; k += per) {
    let best = NaN;
    for (let i = k; i < Math.min(k + per, scores.length); i++) if (!(scores[i] <= best)) best = scores[i];
    const at = x((k + (per - 1) / 2) * hop + length / 2);
    if (Number.isNaN(best)) drawing = false;
    else if (drawing) g.lineTo(at, scoreY(lanes, best));
    else g.moveTo(at, scoreY(lanes, best)), (drawing = true);
    if (at > width + 2) break;
  }
  g.stroke();
  g.lineWidth = 1;
}

function paintThreshold({ g, state, width, lanes, ink }) {
  if (!state.scores.length) return;
  const y = Math.round(scoreY(lanes, state.threshold)) + 0.5;
  g.strokeStyle = g.fillStyle = ink.threshold;
  g.lineWidth = state.dragging === "threshold" || state.near === "threshold" ? 2 : 1;
  g.setLineDash([6, 3]);
  g.beginPath();
  g.moveTo(0, y);
  g.lineTo(width, y);
  g.stroke();
  g.setLineDash([]);
  g.lineWidth = 1;
  const text = state.threshold.toFixed(2);
  g.font = `600 11px ${ink.font}`;
  const wide = g.measureText(text).width + 10;
  g.fillRect(width - wide, y - 8, wide, 16);
  g.fillStyle = ink.back;
  g.fillText(text, width - wide + 5, y + 0.5);
}

/** Hard negatives hatched on the left of the lane's height, exported clips as solid bars. */
function paintMarks({ g, state, width, lanes, ink, x }) {
  const [top, bottom] = lanes.marks, spans = state.spans;
  g.font = `10px ${ink.font}`;
  for (let i = 0; i < spans.length; i += 4) {
    const left = x(spans[i]), right = Math.max(x(spans[i + 1]), left + 3);
    if (right < 0 || left > width) continue;
    const negative = spans[i + 2] === NEGATIVE, name = state.names[spans[i + 3]] ?? "";
    g.fillStyle = g.strokeStyle = negative ? ink.negative : folderColour(state, name, spans[i + 3]);
    g.globalAlpha = 0.3;
    g.fillRect(left, top + 1, right - left, bottom - top - 3);
    if (negative && right - left > 6) hatch(g, left, right, top + 1, bottom - 2, true);
    g.globalAlpha = 1;
    g.fillRect(left, top + 1, 2, bottom - top - 3);
    const label = negative ? "not this" : name;
    if (label && right - left > g.measureText(label).width + 10) {
      g.fillStyle = ink.text;
      g.fillText(label, Math.max(left, 0) + 6, (top + bottom) / 2);
    }
  }
}

/** The folder that is exported to in the colour of exported regions, each other one in its own. */
function folderColour({ palette, folder }, name, place) {
  return name === folder ? palette.exported : palette.folders[place % palette.folders.length];
}

function paintSelected({ g, state, width, lanes, ink, x }) {
  g.strokeStyle = ink.brand;
  for (let i = 0; state.chosen.size > 1 && i < state.rows.n; i++) {
    if (!state.chosen.has(state.rows.id[i]) || state.rows.end[i] < state.view[0]) continue;
    const left = x(state.rows.start[i]), right = x(state.rows.end[i]);
    if (left <= width) g.strokeRect(left + 0.5, lanes.wave[0] + 0.5, Math.max(right - left - 1, 1), lanes.scores[1] - lanes.wave[0] - 1);
  }
  const i = state.rows.id.indexOf(state.selected ?? NaN);
  if (i < 0) return;
  const left = x(state.rows.start[i]), right = x(state.rows.end[i]);
  g.strokeStyle = g.fillStyle = ink.brand;
  g.lineWidth = 2;
  g.strokeRect(left, lanes.wave[0], Math.max(right - left, 2), lanes.scores[1] - lanes.wave[0]);
  g.lineWidth = 1;
  const middle = (lanes.wave[0] + lanes.scores[1]) / 2;
  for (const edge of [left, right]) {
    g.beginPath();
    g.roundRect(edge - 3, middle - 11, 6, 22, 3);
    g.fill();
  }
}

/** A line across the lanes with its time in the ruler: the playhead, or where the pointer is. */
function paintLine({ g, width, lanes, ink, x }, time, colour, strong) {
  if (time === null || time === undefined) return;
  const at = x(time);
  if (at < -1 || at > width + 1) return;
  g.fillStyle = colour;
  g.globalAlpha = strong ? 1 : 0.6;
  g.fillRect(at - (strong ? 1 : 0.5), lanes.ruler[1] - 2, strong ? 2 : 1, lanes.marks[1] - lanes.ruler[1]);
  g.globalAlpha = 1;
  g.font = `600 11px ${ink.font}`;
  const text = clock(time), wide = g.measureText(text).width + 8;
  const left = Math.min(Math.max(at - wide / 2, 0), width - wide);
  g.fillStyle = strong ? colour : ink.raised;
  g.fillRect(left, lanes.ruler[0] + 2, wide, RULER - 4);
  g.fillStyle = strong ? ink.back : ink.text;
  g.fillText(text, left + 4, (lanes.ruler[0] + lanes.ruler[1]) / 2);
}

/** The whole file: regions as ticks, the part in view as a bright window. */
function paintOverview({ g, state, width, ink }) {
  const scale = width / state.duration;
  g.fillStyle = ink.raised;
  g.fillRect(0, 0, width, OVERVIEW);
  const taken = new Uint8Array(Math.ceil(width) + 1);
  for (let i = 0; i < state.rows.n; i++) {
    const from = Math.max(Math.floor(state.rows.start[i] * scale), 0);
    taken.fill(1, from, Math.max(Math.ceil(state.rows.end[i] * scale), from + 2));
  }
  g.fillStyle = ink.region;
  for (let px = 0, begin = -1; px <= taken.length; px++) {
    if (taken[px] && begin < 0) begin = px;
    if (!taken[px] && begin >= 0) g.fillRect(begin, 4, px - begin, OVERVIEW - 8), (begin = -1);
  }
  const left = state.view[0] * scale, wide = Math.max((state.view[1] - state.view[0]) * scale, 6);
  g.fillStyle = ink.back;
  g.globalAlpha = 0.55;
  g.fillRect(0, 0, left, OVERVIEW);
  g.fillRect(left + wide, 0, width, OVERVIEW);
  g.globalAlpha = 1;
  g.strokeStyle = ink.brand;
  g.lineWidth = 1.5;
  g.strokeRect(left + 0.75, 0.75, Math.min(wide, width - left) - 1.5, OVERVIEW - 1.5);
  g.lineWidth = 1;
  g.fillStyle = ink.playhead;
  g.fillRect(state.playhead * scale - 1, 0, 2, OVERVIEW);
}
