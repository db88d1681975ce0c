// One line of text that screen readers hear.

function render({ model, el }) {
  const life = new Lifetime(model);
  const line = element("div", "ec-view ec-status", { role: "status", "aria-live": "polite" });
  el.append(line);
  const draw = () => {
    line.textContent = model.get("text");
    line.classList.toggle("ec-problem", model.get("is_problem"));
  };
  life.watch("text is_problem", draw);
  draw();
  return () => life.end();
}

export default { render };
