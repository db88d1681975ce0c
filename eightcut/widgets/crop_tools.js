// The buttons above a picture and the line below it. Every button has a key, and keeps the focus
// where the keys work.

function cropTools(life, stage, names, acts, ready) {
  const bar = element("div", "ec-view ec-crop-tools", { role: "toolbar" });
  const group = () => bar.appendChild(element("span", "ec-crop-group"));
  function button(parent, name, icon, says, text = "") {
    const made = element("button", "ec-crop-button", { type: "button", title: says, "aria-label": says, tabindex: -1 });
    made.dataset.act = name;
    made.append(icon ? element("i", `fa fa-${icon}`, { "aria-hidden": "true" }) : text);
    life.listen(made, "mousedown", (event) => event.preventDefault());
    life.listen(made, "click", () => {
      stage.focus({ preventScroll: true });
      if (ready()) acts[name]();
    });
    parent.append(made);
    return made;
  }
  const zoom = group();
  button(zoom, "out", "", "Smaller (-)", "−");
  const level = zoom.appendChild(element("output", "ec-crop-level", { title: "Pixels of the screen for one of the picture" }));
  button(zoom, "in", "", "Larger (+ or wheel)", "+");
  button(zoom, "fit", "expand", "Show the whole picture (0)");
  button(zoom, "actual", "", "One pixel of the picture for one of the screen (A)", "1:1");
  const shape = group();
  const ratio = element("select", "ec-crop-ratio", { title: "Ratio of width to height: own is the picture's, free is none (R or Shift+R)", "aria-label": "Ratio", tabindex: -1 });
  for (const name of names) ratio.append(new Option(name, name));
  life.listen(ratio, "change", () => {
    acts.choose(ratio.value);
    stage.focus({ preventScroll: true });
  });
  shape.append(ratio);
  const rest = group();
  button(rest, "whole", "arrows-alt", "The full frame: the file stays as it is (W)");
  const proposal = button(rest, "proposal", "magic", "Back to the proposal (P)");
  const undo = button(rest, "undo", "undo", "Take back the last change of the rectangle (Z)");
  const redo = button(rest, "redo", "repeat", "Do it again (Shift+Z)");
  const thirds = button(rest, "thirds", "th", "Lines at the thirds (G)");
  return { bar, level, ratio, proposal, undo, redo, thirds };
}

/** The line below: what is displayed is what will be cropped. */
function writeRect(line, rect, [width, height], names) {
  const full = isFull(rect, width, height);
  line.classList.toggle("ec-crop-full", full);
  if (full) {
    const what = element("b", "");
    what.textContent = "Full frame: file stays as it is";
    line.replaceChildren(what, ` · ${width} × ${height} px`);
  } else {
    line.textContent = inWords(rect, width, height, names);
  }
  line.title = line.textContent;
}
