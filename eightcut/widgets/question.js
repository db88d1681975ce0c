// A question in the place where it comes up, and in sight. The safe answer has the focus.

function render({ model, el }) {
  const life = new Lifetime(model);
  const root = element("div", "ec-view ec-question", { role: "alertdialog", "aria-label": "Please confirm" });
  const words = element("span", "ec-question-text", { id: `${life.view}-question` });
  root.setAttribute("aria-describedby", words.id);
  const yes = button("ec-question-yes", () => answer(true));
  const no = button("ec-question-no", () => answer(false));
  no.textContent = "Cancel";
  root.append(words, no, yes);
  el.append(root);

  function button(className, act) {
    const made = element("button", className, { type: "button" });
    life.listen(made, "click", act);
    return made;
  }

  function draw() {
    const asks = model.get("text");
    words.textContent = asks;
    yes.textContent = model.get("yes");
    const appears = asks && root.hidden;
    root.hidden = !asks;
    if (!appears) return;
    root.scrollIntoView({ block: "nearest" }); // or Enter would answer what nobody has read
    no.focus({ preventScroll: true });
  }

  function answer(confirmed) {
    if (root.hidden) return; // a second click in a hurry
    root.hidden = true;
    life.send({ type: "answer", confirmed, text: model.get("text") });
    life.tell("focus", {});
  }

  const other = () => (document.activeElement === no ? yes : no).focus();
  const keys = { Escape: () => answer(false), ArrowLeft: other, ArrowRight: other, Tab: other, "Shift+Tab": other };
  ownKeys(life, root, keys, () => null);
  life.listen(root, "keydown", (event) => {
    if (!event.ctrlKey && !event.metaKey) event.stopPropagation(); // Enter presses the button, no more
  });
  life.watch("text yes", draw);
  root.hidden = true;
  draw();
  return () => life.end();
}

export default { render };
