// One mistake: the picture of the AI and that of the person side by side, with the crops on them.

const PICTURE_PX = 420;

function framed(kind, [x1, y1, x2, y2], says) {
  const made = element("div", `ec-mistake-box ec-mistake-${kind}`, { title: says });
  const share = (value) => `${(100 * value).toFixed(2)}%`;
  Object.assign(made.style, { left: share(x1), top: share(y1), width: share(x2 - x1), height: share(y2 - y1) });
  return made;
}

function written(tag, className, text) {
  const made = element(tag, className);
  made.textContent = text;
  return made;
}

function render({ model, el }) {
  const life = new Lifetime(model);
  const root = element("div", "ec-view ec-mistakes", { "aria-live": "polite" });
  el.append(root);
  const pictures = new Pictures(life, draw);

  function pictured({ key }, seen, index) {
    const { whose, name, is_there, ai, person } = seen;
    const figure = element("figure", "ec-mistake-shot");
    const frame = element("div", "ec-mistake-frame");
    const found = pictures.get(key, index);
    if (found?.image) {
      found.image.alt = name;
      frame.append(found.image);
      if (ai) frame.append(framed("ai", ai, "the AI's crop"));
      if (person) frame.append(framed("person", person, "the person's crop"));
    } else {
      frame.append(written("span", "ec-mistake-none", found?.problem || (is_there ? "loading …" : "no longer found")));
    }
    const caption = written("figcaption", "", "");
    caption.append(written("b", whose === "AI" ? "ec-mistake-by-ai" : "ec-mistake-by-person", whose), written("span", "", name));
    figure.append(frame, caption);
    return figure;
  }

  function draw() {
    const card = model.get("card");
    root.replaceChildren();
    if (!card.key) {
      root.append(written("p", "ec-quiet", "No mistakes: nothing was compared, or the AI was always right."));
      return;
    }
    const shots = element("div", "ec-mistake-shots");
    shots.append(...card.pictures.map((seen, index) => pictured(card, seen, index)));
    root.append(written("p", "ec-mistake-title", card.title), shots, written("p", "ec-quiet", card.about));
    root.dataset.shown = card.pictures.every((seen, index) => !seen.is_there || pictures.get(card.key, index)) ? card.key : "";
  }

  function changed() {
    const card = model.get("card");
    draw();
    pictures.fit(PICTURE_PX, PICTURE_PX);
    if (card.key) pictures.want(card.pictures.flatMap((seen, index) => (seen.is_there ? [[card.key, index]] : [])));
  }

  life.watch("change:card", changed);
  changed();
  return () => life.end();
}

export default { render };
