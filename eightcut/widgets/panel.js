// The keys of a panel made of plain controls: they work wherever in the panel the focus is, but
// not while a person types. JupyterLab sees none of the panel's keys but those with Ctrl or Alt.

const TYPED = /^(text|search|number|password|email|url|tel)$/;
const PLAIN = /^(.|Enter|Arrow.*|Home|End|Page.*|Delete|Backspace)$/;

function typing({ tagName, type, isContentEditable }) {
  return tagName === "TEXTAREA" || tagName === "SELECT" || isContentEditable || (tagName === "INPUT" && TYPED.test(type));
}

function render({ model, el }) {
  const life = new Lifetime(model);
  let frame = 0;

  /** The panel is there only once the page has put the parts into it. */
  function attach() {
    const root = el.closest(".ec-panel");
    if (!root) {
      frame = requestAnimationFrame(attach);
      return;
    }
    root.tabIndex = 0;
    root.setAttribute("role", "group");
    root.setAttribute("aria-label", model.get("label"));
    root.dataset.keys = "on";
    life.listen(root, "keydown", (event) => press(root, event));
    life.listen(root, "pointerdown", ({ target }) => {
      if (!target.closest("input, select, textarea, button, label, [tabindex='0']:not(.ec-panel)")) {
        root.focus({ preventScroll: true });
      }
    });
  }

  function press(root, event) {
    const name = keyName(event);
    const verb = model.get("verbs")[name];
    if (verb && (name === "Escape" || !typing(event.target))) {
      event.preventDefault();
      event.stopPropagation();
      if (verb.startsWith("focus ")) root.querySelector(verb.slice(6))?.focus();
      else if (!event.repeat) life.send({ type: "verb", verb });
    } else if (!root.parentElement.closest(".ec-panel") && !event.ctrlKey && !event.metaKey && !event.altKey) {
      if (PLAIN.test(event.key) && !(event.shiftKey && event.key === "Enter")) event.stopPropagation();
    }
  }

  attach();
  return () => {
    cancelAnimationFrame(frame);
    life.end();
  };
}

export default { render };
