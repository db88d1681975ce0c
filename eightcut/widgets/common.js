// What every view of eightcut shares. Python puts this file in front of each widget's own.

/** A copy of a binary trait as a typed array: the bytes of a message need not be aligned. */
function typed(view, Type) {
  if (!view || !view.byteLength) return new Type(0);
  return new Type(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));
}

/** Everything a view has started, so that closing it ends all of it. */
class Lifetime {
  constructor(model) {
    this.model = model;
    this.ends = [];
    this.view = Math.random().toString(36).slice(2);
    this.turn = 0;
  }
  /** Messages may overtake each other on their way to the kernel's threads: each has its turn. */
  send(message) {
    this.model.send({ ...message, view: this.view, turn: this.turn++ });
  }
  watch(names, draw) {
    for (const name of names.split(" ")) {
      const event = name.includes(":") ? name : `change:${name}`;
      this.model.on(event, draw);
      this.ends.push(() => this.model.off(event, draw));
    }
  }
  listen(target, type, act, options) {
    target.addEventListener(type, act, options);
    this.ends.push(() => target.removeEventListener(type, act, options));
  }
  /** Call `draw` when the element changes size, the theme changes, or the pixels do. */
  redraw(element, draw) {
    const size = new ResizeObserver(draw);
    size.observe(element);
    const theme = new MutationObserver(draw);
    const attributeFilter = ["data-jp-theme-name", "data-jp-theme-light", "class", "style"];
    theme.observe(document.body, { attributes: true, attributeFilter });
    this.ends.push(() => size.disconnect(), () => theme.disconnect());
  }
  /** Views of one session talk in the page: the playhead moves without asking the kernel. */
  tell(what, detail) {
    const link = this.model.get("link");
    document.dispatchEvent(new CustomEvent("eightcut", { detail: { ...detail, what, link } }));
  }
  hear(what, act) {
    this.listen(document, "eightcut", ({ detail }) => {
      if (detail.what === what && detail.link === this.model.get("link")) act(detail);
    });
  }
  end() {
    for (const end of this.ends.splice(0)) end();
  }
}

/** The name of a key press: "n", "Shift+s", "Ctrl+Shift+z", "ArrowLeft", "+". */
function keyName(event) {
  const { key } = event;
  const letter = key.length === 1 && key.toLowerCase() !== key.toUpperCase();
  const shift = event.shiftKey && (letter || key.length > 1);
  const command = event.ctrlKey || event.metaKey;
  const name = key === " " ? "Space" : letter ? key.toLowerCase() : key;
  return (command ? "Ctrl+" : "") + (event.altKey ? "Alt+" : "") + (shift ? "Shift+" : "") + name;
}

// Notebook 7 takes keys on their way down, before a view could stop them, and leaves those of an
// element alone that says so. Saving, running a cell and the like stay its own.
const OURS_WITH_CTRL = /^[abyz ]$/i;
if (document.body.dataset.notebook && !window.eightcutKeys) {
  window.eightcutKeys = (event) => {
    if (!event.target.closest?.("[class^='ec-'], [class*=' ec-']")) return;
    const ours = event.ctrlKey || event.metaKey ? OURS_WITH_CTRL.test(event.key) : !(event.shiftKey && event.key === "Enter");
    event.target.toggleAttribute("data-lm-suppress-shortcuts", ours);
  };
  window.addEventListener("keydown", window.eightcutKeys, { capture: true });
}

/** Handle the keys in `table` while the root has the focus; JupyterLab gets every other one. */
function ownKeys(life, root, table, otherwise) {
  life.listen(root, "keydown", (event) => {
    if (/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) || event.target.isContentEditable) return;
    const name = keyName(event);
    const act = Object.hasOwn(table, name) ? table[name] : otherwise(name);
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act(event);
  });
}

/** The keys that Python knows: each sends the name of its verb; playing needs no kernel. */
function verbKeys(life) {
  return (name) => {
    const verb = life.model.get("verbs")[name];
    if (!verb) return null;
    if (verb === "play") return () => life.tell("toggle", {});
    if (verb === "edit") return () => life.tell("edit", {});
    return (event) => {
      if (!event.repeat || /^(next|previous|choose|start|end)(_|$)/.test(verb)) life.send({ type: "verb", verb });
    };
  };
}

/** Seconds as a person reads them: 0:59.9, 1:02:03.5; cut off, never rounded up. */
function clock(time, digits = 1) {
  const scale = 10 ** digits;
  const units = Math.floor(Math.max(time, 0) * scale + 1e-6);
  const hours = Math.floor(units / scale / 3600);
  const minutes = Math.floor(units / scale / 60) % 60;
  const seconds = ((units / scale) % 60).toFixed(digits).padStart(digits ? digits + 3 : 2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${seconds}` : `${minutes}:${seconds}`;
}

function element(tag, className, attributes = {}) {
  const made = document.createElement(tag);
  made.className = className;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}
