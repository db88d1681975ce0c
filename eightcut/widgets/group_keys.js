// The keys of the reviewer: what they are called, and which of them JupyterLab never sees.

const KEYS = [
  ["1 2 3 4", "take a picture as shown: with the proposed crop if that is drawn over it"],
  ["A S D F", "take it without a crop"],
  ["Q W E R", "take it, to be cropped by hand"],
  ["X", "reject all pictures of the group"],
  ["Enter Space ↓", "next group"],
  ["↑", "group before"],
  ["N", "next group that is undecided"],
  ["Z", "undo"],
  ["Y Shift+Z", "redo"],
  ["O", "hide the proposed crop, or show it"],
  ["V", "the picture under the mouse in its own pixels; ← → compare, V or Esc closes"],
  ["Page↓ Page↑", "next page, page before"],
  ["Shift+F", "finalize what is decided; asks first"],
  ["Shift+X", "reject every untouched group of the page; asks first"],
  ["Shift+U", "undo the last finalize"],
  ["U", "look for changes made elsewhere"],
  ["?", "this list"],
];
const PLAIN = /^(.|Enter|Arrow.*|Home|End|Page.*|Delete|Backspace)$/;

function keycap(key) {
  const made = element("kbd", "ec-key");
  made.textContent = key;
  return made;
}

/** The list of all keys. */
function keyHelp() {
  const help = element("div", "ec-group-help", { role: "dialog", "aria-label": "Keys" });
  for (const [keys, says] of KEYS) {
    const term = element("div", "ec-group-help-keys"), meaning = element("div", "ec-group-help-says");
    term.append(...keys.split(" ").map(keycap));
    meaning.textContent = says;
    help.append(term, meaning);
  }
  help.hidden = true;
  return help;
}

/** The key as written on it; by its place where the keyboard writes no Latin letters. */
function writtenOn(event) {
  const name = keyName(event);
  const found = /^(?:Key|Digit)(.)$/.exec(event.code ?? "");
  const foreign = event.key.length === 1 && event.key.charCodeAt(0) > 126;
  return foreign && found ? (event.shiftKey ? "Shift+" : "") + found[1].toLowerCase() : name;
}

/** Do what `act(name)` gives for a key. Plain keys stay in the panel, whether they mean anything or not. */
function pressed(event, act) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const name = writtenOn(event);
  const isButton = event.target.closest?.("button, [role=button], summary, a");
  const isTyped = /^(TEXTAREA|SELECT|INPUT)$/.test(event.target.tagName);
  const isItsOwn = isTyped || (isButton && (name === "Enter" || name === "Space"));
  const does = isItsOwn ? undefined : act(name);
  if (does || (PLAIN.test(event.key) && name !== "Shift+Enter")) event.stopPropagation();
  if (!does) return;
  event.preventDefault();
  if (!event.repeat) does();
}
