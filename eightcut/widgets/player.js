// Plays the excerpt round a region. The bytes come as a message and live in a Blob.

function render({ model, el }) {
  const life = new Lifetime(model);
  const root = element("div", "ec-view ec-player ec-focus", { tabindex: 0, role: "group", "aria-label": "Player" });
  const media = element(model.get("has_video") ? "video" : "audio", "ec-media", { preload: "auto" });
  media.playsInline = true;
  const bar = element("div", "ec-player-bar");
  const toggle = button("▶", "Play or pause (Space or P)");
  const again = button("⟲", "Play from the beginning of the region (R)");
  const slider = element("input", "ec-player-seek", { type: "range", min: 0, max: 1, step: 0.01, "aria-label": "Position" });
  const time = element("span", "ec-player-time");
  const auto = element("input", "", { type: "checkbox" });
  const autoLabel = element("label", "ec-player-auto", { title: "Play each region as soon as it is selected" });
  autoLabel.append(auto, "auto");
  bar.append(toggle, again, slider, time, autoLabel);
  root.append(media, bar);
  el.append(root);

  let url = null, loaded = null; // loaded: start and end of the excerpt, where to stop, generation
  let wanted = null; // what to do when the next excerpt arrives: {time, play}

  function button(text, title) {
    const made = element("button", "ec-player-button", { type: "button", title, "aria-label": title });
    made.textContent = text;
    return made;
  }

  const own = () => loaded?.source === model.get("source"); // not one of what was selected before
  const now = () => (own() ? loaded.start + media.currentTime : model.get("playhead"));
  const holds = (at) => own() && at >= loaded.start - 0.01 && at < loaded.end - 0.01;

  function load(message, buffers) {
    if (message.type !== "excerpt") return;
    const stale = loaded && message.generation <= loaded.generation;
    if (stale || message.source !== model.get("source")) return;
    if (url) URL.revokeObjectURL(url);
    url = URL.createObjectURL(new Blob([buffers[0]], { type: message.mime }));
    loaded = message;
    media.src = url;
    root.dataset.kind = message.mime.split("/")[0]; // a file without pictures has no black box
    root.dataset.loaded = message.generation;
    slider.min = message.start;
    slider.max = message.end;
    const plays = wanted?.play || (!message.again && (auto.checked || model.get("autoplay")));
    const inside = wanted && holds(wanted.time) && Math.abs(wanted.time - message.cue) > 0.02;
    media.currentTime = inside ? wanted.time - message.start : 0; // else with the lead-in
    wanted = null;
    if (plays) play();
    show();
  }

  function play() {
    if (!own()) return ask(true);
    if (now() >= loaded.end - 0.05) media.currentTime = 0;
    media.play().catch((problem) => {
      if (problem.name !== "AbortError") life.send({ type: "problem", text: problem.message });
    });
  }
  function pause() {
    media.pause();
  }
  function flip() {
    if (!media.paused) return pause();
    const at = model.get("playhead");
    if (wanted && !holds(wanted.time)) return ask(true);
    if (!own() && at !== null) return ask(true);
    play();
  }
  function ask(playing) {
    wanted = { time: wanted?.time ?? model.get("playhead"), play: playing };
    life.send({ type: "listen", time: wanted.time });
  }
  function wish(at) {
    // the kernel repeats a place the person chose: a wish to play from there must outlive that
    const same = wanted && Math.abs(wanted.time - at) < 0.05;
    wanted = { time: at, play: Boolean(same && wanted.play) };
  }
  function forget() {
    wanted = { time: model.get("playhead"), play: false };
    show();
  }
  function seek(at) {
    if (holds(at)) {
      wanted = null;
      media.currentTime = at - loaded.start;
    } else {
      pause();
      wish(at);
    }
    show(at);
  }

  let frame = 0, told = -1;
  function tick() {
    frame = 0;
    const at = now();
    if (own() && at >= loaded.end) {
      pause();
      media.currentTime = loaded.end - loaded.start;
    }
    if (Math.abs(at - told) > 0.01) life.tell("position", { time: (told = at) });
    show(at);
    if (!media.paused) frame = requestAnimationFrame(tick);
  }
  function show(at = now()) {
    time.textContent = clock(at);
    slider.value = at;
    slider.disabled = !own();
    toggle.textContent = media.paused ? "▶" : "❚❚";
    root.dataset.playing = !media.paused;
    root.dataset.stale = Boolean(loaded) && !own();
  }
  function settle() {
    show();
    if (own() && !wanted) life.send({ type: "position", time: now() });
  }

  life.listen(media, "play", () => (frame ||= requestAnimationFrame(tick)));
  life.listen(media, "pause", () => {
    tick();
    settle();
  });
  life.listen(media, "error", () => {
    if (media.error && media.src) life.send({ type: "problem", text: "the browser cannot play this excerpt" });
  });
  life.listen(toggle, "click", flip);
  life.listen(again, "click", restart);
  function restart() {
    if (!own()) return ask(true);
    media.currentTime = 0;
    play();
  }
  life.listen(slider, "input", () => {
    seek(Number(slider.value));
    life.tell("position", { time: Number(slider.value) });
  });
  life.listen(slider, "change", settle);
  const step = (by) => () => {
    const at = Math.max(now() + by, 0);
    seek(at);
    life.tell("position", { time: at });
    settle();
  };
  const keys = { r: restart, ArrowLeft: step(-1), ArrowRight: step(1) };
  ownKeys(life, root, keys, verbKeys(life));
  // a click on a button must leave the keys with the player, and Space must not press it twice
  for (const part of [toggle, again]) life.listen(part, "mousedown", (event) => event.preventDefault());
  life.listen(root, "pointerdown", (event) => {
    if (event.target.tagName !== "INPUT") root.focus({ preventScroll: true });
  });

  life.hear("seek", ({ time: at }) => seek(at));
  life.hear("toggle", flip);
  life.watch("msg:custom", load);
  life.watch("msg:custom", (message) => message.type === "toggle" && flip());
  life.watch("playhead", () => {
    if (!own()) {
      wish(model.get("playhead"));
      show();
    } else if (Math.abs(now() - model.get("playhead")) > 0.05 && media.paused) seek(model.get("playhead"));
  });
  life.watch("source", () => {
    pause();
    forget();
  });
  life.send({ type: "hello" });
  show();
  return () => {
    cancelAnimationFrame(frame);
    life.end();
    media.pause();
    media.removeAttribute("src");
    if (url) URL.revokeObjectURL(url);
  };
}

export default { render };
