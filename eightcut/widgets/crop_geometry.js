// Rectangles of whole pixels, as images/rects.py has them: what it says is the law, and a test
// holds both to the same answers.

const MIN_PX = 5; // least side of a rectangle that is being resized
const GROWS = 0.02; // of the picture's longer side, for each press of a key

const nearest = (value) => Math.floor(value + 0.5);
const between = (low, value, high) => Math.min(Math.max(low, value), high);

/** Width and height of that ratio nearest to the wish: one is exact, the other rounded. */
function locked(wish, room, ratio, least) {
  let wide = Math.max(wish[0], wish[1] * ratio, least, least * ratio);
  wide = Math.min(wide, room[0], room[1] * ratio);
  return [Math.max(1, nearest(wide)), Math.max(1, nearest(wide / ratio))];
}

/** The largest rectangle of that ratio in the middle of a dragged one. */
function snapped([ax, ay, bx, by], ratio) {
  const wide = Math.abs(bx - ax), high = Math.abs(by - ay);
  const [newWide, newHigh] = ratio === null ? [wide, high] : locked([wide, high], [wide, high], ratio, 1);
  const x = Math.min(ax, bx) + Math.floor((wide - newWide) / 2);
  const y = Math.min(ay, by) + Math.floor((high - newHigh) / 2);
  return [x, y, x + newWide, y + newHigh];
}

/** The rectangle pushed by that many pixels, stopped at the border, its size kept. */
function moved([x1, y1, x2, y2], dx, dy, width, height) {
  const x = between(0, x1 + nearest(dx), width - (x2 - x1));
  const y = between(0, y1 + nearest(dy), height - (y2 - y1));
  return [x, y, x + x2 - x1, y + y2 - y1];
}

/** One direction of a rectangle whose end -1 (low), 1 (high) or 0 (none) is pulled. */
function axis(low, high, limit, at, end) {
  return {
    wish: end < 0 ? high - at : end > 0 ? at - low : 0,
    room: end < 0 ? high : end > 0 ? limit - low : limit,
    free(least) {
      return end ? between(Math.min(least, this.room), this.wish, this.room) : high - low;
    },
    placed(length) {
      if (end > 0) return [low, low + length];
      if (end < 0) return [high - length, high];
      const start = between(0, low + Math.floor((high - low - length) / 2), limit - length);
      return [start, start + length];
    },
  };
}

/** The rectangle with one of its eight handles pulled to a point of the picture. */
function resized([x1, y1, x2, y2], handle, x, y, width, height, ratio) {
  const end = (less, more) => (handle.includes(less) ? -1 : handle.includes(more) ? 1 : 0);
  const across = axis(x1, x2, width, nearest(x), end("w", "e"));
  const down = axis(y1, y2, height, nearest(y), end("n", "s"));
  const [wide, high] = ratio === null
    ? [across.free(MIN_PX), down.free(MIN_PX)]
    : locked([across.wish, down.wish], [across.room, down.room], ratio, MIN_PX);
  const [left, right] = across.placed(wide), [top, bottom] = down.placed(high);
  return [left, top, right, bottom];
}

/** The rectangle larger (or smaller) by steps about its middle, in its ratio or the locked one. */
function grown([x1, y1, x2, y2], steps, width, height, ratio) {
  const keeps = ratio ?? (x2 - x1) / (y2 - y1);
  const by = steps * Math.max(1, nearest(Math.max(width, height) * GROWS));
  const [wide, high] = locked([x2 - x1 + by, 0], [width, height], keeps, MIN_PX);
  const [left, right] = axis(x1, x2, width, 0, 0).placed(wide);
  const [top, bottom] = axis(y1, y2, height, 0, 0).placed(high);
  return [left, top, right, bottom];
}

/** The ratio that a name stands for: "own", "free" (null), "4:5". */
function ratioOf(name, width, height) {
  if (name === "free") return null;
  if (name === "own") return width / height;
  const [wide, high] = name.split(":").map(Number);
  return wide / high;
}

const isFull = ([x1, y1, x2, y2], width, height) => x1 === 0 && y1 === 0 && x2 === width && y2 === height;

/** A rectangle in words: "1,600 × 1,200 px at 40, 60 · 4:3 · 48 %". */
function inWords(rect, width, height, names) {
  const [x1, y1, x2, y2] = rect, wide = x2 - x1, high = y2 - y1, ratio = wide / high;
  const alike = (other) => Math.abs(wide - high * other) <= Math.max(1, other);
  const known = names.find((name) => name.includes(":") && alike(ratioOf(name)));
  const shape = known ?? `${ratio.toFixed(3)}${alike(width / height) ? " (own)" : ""}`;
  const share = (wide * high) / (width * height);
  const percent = share < 0.01 ? "<1" : Math.floor(share * 100);
  return `${wide} × ${high} px at ${x1}, ${y1} · ${shape} · ${percent} % of ${width} × ${height}`;
}
