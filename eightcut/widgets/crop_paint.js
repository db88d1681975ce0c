// What is drawn over the picture: the part that would go, the rectangle, its handles, boxes.

const HANDLE = 10; // pixels of a handle that are seen
const PROPOSAL = "#E69F00", SETTLED = "#56B4E9"; // Okabe-Ito: told apart by everyone
const NAMES = ["nw", "n", "ne", "e", "se", "s", "sw", "w"];

/** Where the handles of a rectangle on the screen are. */
function handles([x1, y1, x2, y2]) {
  const x = (x1 + x2) / 2, y = (y1 + y2) / 2;
  return { nw: [x1, y1], n: [x, y1], ne: [x2, y1], e: [x2, y], se: [x2, y2], s: [x, y2], sw: [x1, y2], w: [x1, y] };
}

function paintCrop(g, state, size) {
  const { view, detail, rect } = state;
  g.clearRect(0, 0, size[0], size[1]);
  if (!rect.length) return;
  const box = view.onScreen(rect);
  if (detail.image) paintDetail(g, detail, view);
  if (!view.fitted) { // ipycanvas has painted them for the whole picture: too thick from near by
    if (state.proposal.length) outline(g, view.onScreen(state.proposal), PROPOSAL, [6, 4]);
    for (const settled of state.settled) outline(g, view.onScreen(settled), SETTLED, []);
  }
  veil(g, view.onScreen([0, 0, ...view.size]), box);
  if (state.ghost) outline(g, view.onScreen(state.ghost), "rgba(255, 255, 255, 0.75)", [3, 3]);
  if (state.thirds || state.gesture === "draw" || state.gesture === "resize") thirds(g, box);
  border(g, box);
  for (const name of NAMES) handle(g, handles(box)[name], name === state.near);
  if (state.gesture && state.gesture !== "pan") tag(g, rect, box, size);
}

function paintDetail(g, detail, view) {
  const [x1, y1, x2, y2] = view.onScreen(detail.rect);
  g.imageSmoothingEnabled = !(detail.sharp && view.scale * view.dots >= 2);
  g.imageSmoothingQuality = "high";
  g.drawImage(detail.image, x1, y1, x2 - x1, y2 - y1);
}

function veil(g, [x1, y1, x2, y2], [a, b, c, d]) {
  g.fillStyle = "rgba(0, 0, 0, 0.55)";
  g.beginPath();
  g.rect(x1, y1, x2 - x1, y2 - y1);
  g.rect(a, b, c - a, d - b);
  g.fill("evenodd");
}

function outline(g, [x1, y1, x2, y2], colour, dash) {
  for (const [paint, width] of [["rgba(0, 0, 0, 0.5)", 3.5], [colour, 2]]) {
    g.setLineDash(dash);
    g.strokeStyle = paint;
    g.lineWidth = width;
    g.strokeRect(x1, y1, x2 - x1, y2 - y1);
  }
  g.setLineDash([]);
}

/** Dark beside light, so that it is seen on every picture. The light line lies on the edge. */
function border(g, [x1, y1, x2, y2]) {
  for (const [colour, width] of [["rgba(0, 0, 0, 0.65)", 3.5], ["#fff", 1.5]]) {
    g.strokeStyle = colour;
    g.lineWidth = width;
    g.strokeRect(x1, y1, x2 - x1, y2 - y1);
  }
}

function thirds(g, [x1, y1, x2, y2]) {
  for (const [colour, width] of [["rgba(0, 0, 0, 0.35)", 2.5], ["rgba(255, 255, 255, 0.7)", 1]]) {
    g.strokeStyle = colour;
    g.lineWidth = width;
    g.beginPath();
    for (const share of [1 / 3, 2 / 3]) {
      const x = x1 + (x2 - x1) * share, y = y1 + (y2 - y1) * share;
      g.moveTo(x, y1);
      g.lineTo(x, y2);
      g.moveTo(x1, y);
      g.lineTo(x2, y);
    }
    g.stroke();
  }
}

function handle(g, [x, y], isNear) {
  g.fillStyle = isNear ? "#ffd54a" : "#fff";
  g.strokeStyle = "rgba(0, 0, 0, 0.8)";
  g.lineWidth = 1;
  g.fillRect(x - HANDLE / 2, y - HANDLE / 2, HANDLE, HANDLE);
  g.strokeRect(x - HANDLE / 2, y - HANDLE / 2, HANDLE, HANDLE);
}

/** The size, where the eyes are while a hand pulls. */
function tag(g, [a, b, c, d], [x1, , x2, y2], size) {
  const text = `${c - a} × ${d - b}`;
  g.font = "12px system-ui, sans-serif";
  g.textAlign = "center";
  g.textBaseline = "middle";
  const wide = g.measureText(text).width + 12;
  const x = between(wide / 2 + 2, (x1 + x2) / 2, size[0] - wide / 2 - 2);
  const y = y2 + 26 < size[1] ? y2 + 20 : Math.min(y2, size[1]) - 22;
  g.fillStyle = "rgba(0, 0, 0, 0.8)";
  g.fillRect(x - wide / 2, y - 9, wide, 18);
  g.fillStyle = "#fff";
  g.fillText(text, x, y + 0.5);
}
