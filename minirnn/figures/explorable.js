// The explorable figure: <gtt-explorable>, made by minirnn/figures/explorables.py, which documents its parts.
// One with scripts is live and draws itself (live.js).
// A classic script: a module would not load from a file:// page. Under a kernel minirnn/figures/live.py appends an export.
(() => {
  "use strict";

  const reduced = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
  const same = (a, b) => String(a) === String(b);
  /** What says where panels are, where those that stand beside each other stand below each other. */
  const BELOW = { Left: "Above", left: "above", Right: "Below", right: "below", Beside: "Below" };
  const stacked = (text) => text.replace(/\b(Left|Right)(?=[:,])|\b(left|right)(?=\))|\bBeside(?= it\b)/g, (side) => BELOW[side]);
  /** The sentences, and their parts, of a text that are not in another. */
  const news = (text, told) => {
    const parts = (t) => t.match(/.+?[.;?!](?= |$)|.+$/g) ?? [];
    const old = new Set(parts(told));
    return parts(text).filter((part) => !old.has(part)).join("").trim();
  };

  // All figures of a page at once would hold up a phone for seconds. One begins when the reader comes near it, when a link
  // leads to it or on paper, each in a task of its own. The rest, and what only paper shows, comes when there is time
  // after the reader's first move, or after ten seconds.
  const waiting = new Set();
  const near = new IntersectionObserver(
    (places) => places.forEach(({ isIntersecting, target }) => isIntersecting && setTimeout(() => target.begin())),
    { rootMargin: "100%" });
  const whenIdle = globalThis.requestIdleCallback ?? setTimeout; // Safari has only the second
  const MOVES = ["scroll", "pointerdown", "keydown"];
  let isReading = false, begun = 0;
  function reading() {
    isReading = true;
    MOVES.forEach((move) => removeEventListener(move, reading));
    whenIdle(completeNext);
  }
  MOVES.forEach((move) => addEventListener(move, reading, { passive: true }));
  setTimeout(reading, 10_000);
  function later(figure) {
    near.observe(figure);
    if (waiting.add(figure).size === 1 && isReading) whenIdle(completeNext);
  }
  function completeNext() {
    const [figure] = waiting;
    waiting.delete(figure);
    figure?.begin();
    figure?.load();
    if (waiting.size) whenIdle(completeNext);
  }
  addEventListener("beforeprint", () => {
    waiting.forEach((figure) => figure.begin());
    document.querySelectorAll("gtt-explorable").forEach((figure) => {
      figure.spread();
      figure.live?.settle();
    });
  });

  class Explorable extends HTMLElement {
    connectedCallback() {
      if (this.data) return this.live?.draw(this.values()); // moved within the page, or back in it
      later(this);
    }

    /** Reads what the page holds of the figure, and answers from then on. What is large comes from a file first. */
    begin() {
      near.unobserve(this);
      if (this.data) return; // it has begun
      const text = this.held.textContent, data = this.more?.data ?? (text && JSON.parse(text));
      if (!data) return this.load(); // it comes
      this.data = data;
      this.state = [...this.data.start];
      this.controls = this.data.controls.map((control, i) => new Control(this, control, i));
      this.told = this.alt = this.piece("picture").getAttribute("aria-label");
      this.caption = this.querySelector("figcaption > span:not([class])")?.innerHTML ?? "";
      if (this.data.live) {
        this.live = new gttLive.Picture(this);
        this.live.draw(this.values());
      }
      begun += 1; // a notebook may show a figure twice: choices of the same name would be one choice
      this.querySelectorAll("[type=radio]").forEach((radio) => (radio.name += `-${begun}`));
      this.pads = [...this.querySelectorAll(".gtt-pad")]; // two, where a phone shows columns
      this.pads.forEach((pad) => this.wirePad(pad));
      if (this.hasAttribute("data-locked")) this.wireGuess(this.piece("guess"));
      else this.piece("controls").disabled = false;
      this.wireTools();
      new gttReading(this);
      new ResizeObserver(() => this.fit()).observe(this.piece("scroll"));
      this.reflect();
    }

    get held() {
      return this.querySelector(":scope > script");
    }

    /** Loads what is in a file beside the page (beside.py), if there is one, and begins with it. */
    load() {
      const file = this.held.dataset.src;
      if (file) this.coming ??= new Promise((done, failed) => {
        const script = document.createElement("script");
        const begin = () => {
          this.more = gttHeld[file.match(/figures\/[^.]*/)[0]];
          done(this.begin());
        };
        Object.assign(script, { src: file, onload: begin, onerror: () => failed(Error(`${file} is not there`)) });
        document.head.append(script);
      });
    }

    /** On paper the pictures of named states show. */
    spread() {
      this.querySelector("figcaption").insertAdjacentHTML("beforebegin", this.more?.small ?? "");
      if (this.more) this.more.small = "";
    }

    disconnectedCallback() {
      setTimeout(() => this.isConnected || this.rest());
    }

    /** Ends what goes on by itself. */
    rest() {
      if (!this.data) return;
      this.controls.forEach((control) => control.stop());
      this.hired?.end();
      this.piece("picture").removeAttribute("aria-busy");
    }

    // ---- the state

    /** Moves to the state with these indices, in a live figure places between them too: {name: index}. */
    choose(indices) {
      const run = this.live?.runs?.name; // where something else moves, what was reached begins anew
      const state = this.data.controls.map((c, i) => indices[c.name] ?? (c.name === run ? 0 : this.state[i]));
      if (same(state, this.state)) return;
      this.state = state;
      this.reflect();
      this.request();
    }

    /** Moves to these values, or the nearest that there are: {name: value}. */
    moveTo(values) {
      this.choose(Object.fromEntries(Object.entries(values).map(([k, v]) => [k, this.control(k).nearest(v)])));
    }

    values() {
      this.begin();
      return Object.fromEntries(this.controls.map((c) => [c.name, c.value]));
    }

    /** The controls, the pad's handle and the words of the caption show the state. */
    reflect() {
      this.controls.forEach((control, i) => control.show(this.state[i]));
      this.piece("reset").disabled = same(this.state, this.data.start);
      gttWrite(this.piece("words"), this.controls.map((c) => c.words()).join(", "));
      const alone = this.piece("alone");
      if (alone) alone.hash = address(this);
      this.dispatchEvent(new Event("gtt-state"));
      if (!this.data.pad?.x) return;
      const { x, y } = this.data.pad;
      const left = `${100 * this.share(0, this.control(x).value)}%`;
      const top = y ? `${100 - 100 * this.share(1, this.control(y).value)}%` : "100%";
      for (const { firstElementChild } of this.pads) Object.assign(firstElementChild.style, { left, top });
    }

    /** What of the figure has this name. At each step of a drag a search would go through all of the picture. */
    piece(name) {
      const pieces = (this.pieces ??= {});
      if (!this.contains(pieces[name] ?? null)) pieces[name] = this.querySelector(`.gtt-${name}`);
      return pieces[name];
    }

    control(name) {
      return this.controls.find((c) => c.name === name);
    }

    /** Shows the frame of the state: at once from the page, or from Python, the latest state only. */
    request() {
      if (this.live) {
        this.live.draw(this.values());
        if (!this.ask) share(this);
      } else if (!this.ask) {
        this.show({ tags: this.data.frames[this.number], alt: this.data.alts[this.number] });
        share(this);
      } else if (!this.waiting) {
        this.waiting = true;
        this.piece("picture").setAttribute("aria-busy", "true");
        this.ask(this.state);
      }
    }

    /** The number of the state's frame, the last control moving fastest. */
    get number() {
      return this.controls.reduce((k, c) => k * c.values.length + c.index, 0);
    }

    /** What Python drew. While it drew, the reader may have moved on: then the latest state is asked for. */
    receive(answer) {
      if (!this.waiting) {
        this.state = [...answer.state]; // moved from Python, or in another view of the same figure
        this.reflect();
      }
      this.waiting = false;
      this.piece("picture").removeAttribute("aria-busy");
      if (this.live) return this.live.draw(this.values());
      this.show(answer);
      if (!same(answer.state, this.state)) this.request();
    }

    /** A frame: the numbers of its `tags` in a page, or an `svg` of Python. */
    show({ tags, svg, alt, panels, error }) {
      const picture = this.piece("picture");
      if (tags) this.surfaces().forEach((surface) => this.paint(surface, tags));
      else if (error) {
        picture.replaceChildren(Object.assign(document.createElement("pre"), { textContent: error }));
        alt = "The drawing failed: " + error.trim().split("\n").pop();
      } else {
        picture.innerHTML = svg;
        this.data.panels = [panels];
        if (this.fitted) this.columns.forEach((surface) => this.mirror(surface));
      }
      this.tell(alt);
    }

    /** The text alternative of what is shown. Of a drag what has changed is announced once, when it rests. */
    tell(english) {
      const alt = (this.alt = gttSay(english));
      this.describe();
      if (this.hasAttribute("data-locked")) return;
      clearTimeout(this.saying);
      this.saying = setTimeout(() => {
        this.piece("said").textContent = news(alt, this.told);
        this.told = alt;
      }, 600);
    }

    /** The text alternative, as its panels stand. */
    describe() {
      const text = this.placed(this.alt);
      gttWrite(this.piece("describe p"), text);
      if (!this.hasAttribute("data-locked")) this.piece("picture").setAttribute("aria-label", text);
    }

    placed(text) {
      return this.isPhone && this.piece("columns").children.length > 1 ? stacked(text) : text;
    }

    // ---- the picture

    /** What shows the frames of a page: the picture and, where a phone shows them, its columns. */
    surfaces() {
      this.picture ??= new gttPicture.Surface(this.piece("picture"), false);
      return [this.picture, ...(this.fitted ? this.columns : [])];
    }

    /** Whether a reader sees this picture: on a phone the columns, else the one that they are copies of. */
    isSeen(svg) {
      return this.isPhone === undefined || this.isPhone === Boolean(svg.closest(".gtt-columns"));
    }

    paint(surface, tags) {
      surface.show(tags, this.data.tags);
      if (surface.squeezed) gttPicture.narrow(surface.place, surface.squeezed);
    }

    /** The same of a frame that Python drew. */
    mirror(surface) {
      gttPicture.copy(this.querySelector(".gtt-picture svg"), surface.place, this.panels);
      if (surface.squeezed) gttPicture.narrow(surface.place, surface.squeezed);
    }

    /** A picture that is wider than its place can be scrolled, and then by keyboard too. Columns that nobody sees are
        empty. */
    fit() {
      const columns = this.piece("columns"), width = columns?.offsetWidth ?? 0;
      if (this.isPhone !== width > 0) {
        this.isPhone = width > 0;
        this.live?.settle();
        this.describe();
        const caption = this.querySelector("figcaption > span:not([class])"), text = this.placed(this.caption);
        if (caption && caption.innerHTML !== text) caption.innerHTML = text;
      }
      if (columns && !this.live && width !== this.fitted) {
        this.fitted = width;
        const holds = (svg) => (number) => gttPicture.holds(svg, this.panels[number]);
        this.columns = [...columns.querySelectorAll("svg")].map((svg) => new gttPicture.Surface(svg, true, holds(svg)));
        for (const surface of this.columns) {
          if (width && surface.place.hasAttribute("data-whole")) this.squeeze(surface, width);
          if (!width) surface.place.replaceChildren();
          else if (this.data.frames) this.paint(surface, this.data.frames[this.number]);
          else this.mirror(surface);
        }
      }
      const area = this.piece("scroll");
      const wide = area.scrollWidth > area.clientWidth + 1;
      const attributes = { tabindex: "0", role: "group", "aria-label": gttSay("Figure, scrolls sideways") };
      area.classList.toggle("gtt-wide", wide);
      for (const [name, value] of Object.entries(attributes)) {
        if (wide) area.setAttribute(name, value);
        else area.removeAttribute(name);
      }
    }

    /** One column of panels, as wide as a phone: see picture.js. */
    squeeze(surface, width) {
      surface.squeezed = gttPicture.squeeze(this.panels, this.data.size[0], width);
      surface.place.setAttribute("viewBox", `0 0 ${width} ${this.data.size[1]}`);
      surface.place.parentNode.style.setProperty("--gtt-w", width);
      const pad = surface.place.parentNode.querySelector(".gtt-pad");
      if (!pad) return;
      const [left, , share] = this.data.box, { place } = surface.squeezed, whole = this.data.size[0];
      const from = place(left * whole), to = place((left + share) * whole);
      Object.assign(pad.style, { left: `${(100 * from) / width}%`, width: `${(100 * (to - from)) / width}%` });
    }

    /** Where the panels of the state are, and what their axes show. */
    get panels() {
      return this.data.live?.panels ?? this.data.panels[this.data.axes?.[this.number] ?? 0];
    }

    /** The first value and the last of the pad's axis 0 or 1, and whether it is logarithmic. */
    axis(k) {
      return [this.data.box[4 + 2 * k], this.data.box[5 + 2 * k], this.data.box[8 + k]];
    }

    /** Where a value lies along it, from 0 to 1, and the value at such a place. */
    share(k, value) {
      const [from, to, log] = this.axis(k), ruler = log ? Math.log : (v) => v;
      return Math.min(Math.max((ruler(value) - ruler(from)) / (ruler(to) - ruler(from)), 0), 1);
    }

    dataAt(k, share) {
      const [from, to, log] = this.axis(k);
      return log ? from * (to / from) ** share : from + share * (to - from);
    }

    wirePad(area) {
      const { x, y, rows, hover } = this.data.pad;
      const up = (event, box = area.getBoundingClientRect()) => this.dataAt(1, 1 - (event.clientY - box.top) / box.height);
      if (rows) return area.addEventListener("click", (event) => this.pickRow(this.control(rows), up(event)));
      const move = (event) => {
        const box = area.getBoundingClientRect();
        const place = { [x]: this.dataAt(0, (event.clientX - box.left) / box.width) };
        this.moveTo(y ? { ...place, [y]: up(event, box) } : place);
      };
      area.addEventListener("pointerdown", (event) => {
        if (event.button !== 0 || this.piece("controls").disabled) return;
        event.preventDefault();
        area.setPointerCapture(event.pointerId);
        this.control(x).input.focus({ preventScroll: true }); // arrow keys go on from here
        move(event);
      });
      area.addEventListener("pointermove", (event) => {
        const points = hover && event.pointerType === "mouse" && !this.piece("controls").disabled;
        if (points || area.hasPointerCapture(event.pointerId)) move(event);
      });
    }

    /** The first choice is the top row, at the greatest height. */
    pickRow(control, height) {
      if (this.piece("controls").disabled) return;
      control.stop();
      this.choose({ [control.name]: Math.min(Math.max(control.last - Math.round(height), 0), control.last) });
      control.input.focus({ preventScroll: true });
    }

    // ---- below the picture

    wireTools() {
      this.piece("reset").addEventListener("click", () => {
        this.controls.forEach((control) => control.stop());
        this.choose(Object.fromEntries(this.controls.map((c, i) => [c.name, this.data.start[i]])));
        this.controls[0].input.focus({ preventScroll: true }); // the button goes, and would take the focus along
      });
    }

    // ---- the prediction

    wireGuess(asked) {
      this.piece("picture").setAttribute("aria-label", gttSay("Hidden until you have made your guess"));
      const commit = () => {
        const guess = asked.querySelector("input:checked")?.dataset;
        if (guess) this.unlock(guess.verdict, guess.right === "1");
        else asked.querySelector("input").reportValidity();
      };
      asked.querySelector("button").addEventListener("click", commit);
      asked.querySelector("fieldset").addEventListener("keydown", ({ key }) => key === "Enter" && commit());
      this.piece("skip").addEventListener("click", () => this.unlock(asked.dataset.reveal));
    }

    /** Shows the picture, after a guess or where none is asked for: on slides, and in a state that an address names. */
    open() {
      if (!this.hasAttribute("data-locked")) return;
      this.removeAttribute("data-locked");
      this.piece("guess").remove();
      this.piece("controls").disabled = false;
      this.describe();
    }

    unlock(text, right) {
      this.open();
      const verdict = this.piece("verdict");
      if (right !== undefined) verdict.dataset.right = right;
      verdict.textContent = text;
      this.controls[0].input.focus({ preventScroll: true });
    }

    // ---- links

    /** Moves to the values of a link, the nearest where they are numbers; what it does not know it leaves. */
    goto(query) {
      this.begin();
      const indices = {};
      for (const [name, text] of query) {
        const index = this.control(name)?.find(text) ?? -1;
        if (index >= 0) indices[name] = index;
      }
      this.choose(indices);
      return this.control(Object.keys(indices)[0]) ?? this.controls[0];
    }
  }

  class Control {
    constructor(figure, { name, values, keys, texts, digits, suffix, work }, i) {
      Object.assign(this, { figure, name, values, keys, texts, digits, suffix, work, index: figure.data.start[i] });
      this.last = values.length - 1;
      this.continuous = digits !== undefined; // any number between the first value and the last, with these decimals
      this.row = figure.querySelectorAll(".gtt-control")[i];
      this.kind = this.row.dataset.kind; // "slider", "choice" or "menu": see minirnn/figures/controls.py
      this.inputs = [...this.row.querySelectorAll("input, select")];
      this.label = this.row.firstElementChild.textContent;
      this.output = this.row.querySelector("output");
      this.row.addEventListener("input", (event) => {
        this.stop();
        figure.choose({ [name]: Number(event.target.value) });
      });
      if (this.continuous) this.row.addEventListener("keydown", (event) => this.step(event));
      this.button = this.row.querySelector(".gtt-play, .gtt-work");
      this.button?.addEventListener("click", () => (this.timer ? this.stop() : this.play()));
    }

    get input() {
      return this.inputs[this.kind === "choice" ? this.index : 0]; // of a choice the one that is checked
    }

    get key() {
      if (!this.continuous) return this.keys[this.index];
      const low = this.values[Math.floor(this.index)], high = this.values[Math.ceil(this.index)];
      const key = (low + (this.index % 1) * (high - low)).toFixed(this.digits);
      return Number(key) === 0 ? key.replace("-", "") : key;
    }

    get text() {
      if (!this.continuous) return gttSay(this.texts[this.index]);
      const suffix = /^-?1$/.test(this.key) ? this.suffix.replace(/(?<=..)s$/, "") : this.suffix; // 1 step, and 1 s
      return gttSay(this.key.replace("-", "−") + suffix);
    }

    get value() {
      return this.continuous ? Number(this.key) : this.values[this.index];
    }

    words() {
      return `${this.label} = ${this.text}`;
    }

    /** The arrow keys lead from value to value, wherever the slider is. */
    step(event) {
      const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
      if (!by) return;
      event.preventDefault();
      this.stop();
      this.figure.choose({ [this.name]: by > 0 ? this.next : Math.max(0, Math.ceil(this.index) - 1) });
    }

    get next() {
      return Math.min(this.last, Math.floor(this.index) + 1);
    }

    show(index) {
      if (index === this.shown) return; // most controls stand still while one drags
      this.index = this.shown = index;
      if (this.kind === "choice") this.input.checked = true;
      else this.input.value = index;
      if (this.kind !== "slider") return;
      gttWrite(this.output, this.text);
      this.input.setAttribute("aria-valuetext", this.text);
      this.input.style.setProperty("--gtt-at", index / Math.max(1, this.last));
    }

    nearest(value) {
      if (typeof value === "string") return this.values.indexOf(value);
      const distance = this.values.map((v) => Math.abs(v - value));
      if (!this.continuous) return distance.indexOf(Math.min(...distance));
      const high = this.values.findIndex((v, k) => k && value <= v);
      if (high < 0) return this.last;
      const low = this.values[high - 1];
      return Math.max(0, high - 1 + (value - low) / (this.values[high] - low));
    }

    find(text) {
      if (typeof this.values[0] === "string") return this.nearest(text);
      return text.trim() === "" || isNaN(text) ? -1 : this.nearest(Number(text));
    }

    // ---- play: from here to the end, from the end starting over; one step a press where motion is unwelcome

    play() {
      if (this.work) return this.figure.live.runs.play();
      this.figure.choose({ [this.name]: this.index === this.last ? 0 : this.next });
      if (reduced()) return;
      this.press(true);
      const pause = Math.min(400, Math.max(80, 6000 / this.values.length));
      this.timer = setInterval(() => {
        if (this.index === this.last || reduced()) return this.stop();
        if (!this.figure.waiting) this.figure.choose({ [this.name]: this.next });
      }, pause);
    }

    stop() {
      if (!this.timer) return;
      clearInterval(this.timer);
      this.timer = null;
      this.press(false);
    }

    /** The button says what it does next. */
    press(plays) {
      if (this.work) this.button.textContent = gttSay(plays ? "Stop" : this.work);
      else {
        this.button.setAttribute("aria-pressed", plays);
        this.button.setAttribute("aria-label", `${gttSay(plays ? "Pause" : "Play")} ${this.label}`);
      }
    }
  }

  // ---- the fragment: #unrolled?gain=1.05&T=30;other?x=2 holds the figures that were moved, the latest last

  const read = (hash) =>
    hash
      .replace(/^#/, "")
      .split(";")
      .map((piece) => piece.split("?"))
      .filter(([name, query]) => query && document.getElementById(name) instanceof Explorable)
      .map(([name, query]) => [document.getElementById(name), new URLSearchParams(query)]);

  const moved = new Map();
  let writing;

  const address = (figure) => `${figure.id}?${new URLSearchParams(figure.controls.map((c) => [c.name, c.key]))}`;

  function share(figure) {
    moved.delete(figure.id);
    moved.set(figure.id, address(figure));
    clearTimeout(writing); // browsers refuse a page that rewrites its address at every step of a drag
    writing = setTimeout(() => history.replaceState(history.state, "", `#${[...moved.values()].join(";")}`), 200);
  }

  /** Moves the figures that a fragment names, and brings the last of them into view, with the link that asked. An address
      that names a state shows it; a link within the page leaves the guess to be made. */
  function follow(hash, link = null, byReader = Boolean(link)) {
    let last, control;
    const coming = read(hash).map(([figure]) => (figure.begin(), !figure.data && figure.coming)).filter(Boolean);
    if (coming.length) return void Promise.all(coming).then(() => follow(hash, link, byReader));
    for (const [figure, query] of read(hash)) {
      if (!link) figure.open();
      [last, control] = [figure, figure.goto(query)];
    }
    if (!last) return;
    bring(last, link, byReader);
    const target = last.piece("controls").disabled ? last.querySelector(".gtt-guess input") : control.input;
    if (byReader) target?.focus({ preventScroll: true });
  }

  /** Scrolls until picture and controls are in view and, if there is room, the link that leads to them. If there is
      none, its sentence comes along. */
  function bring(figure, link, byReader) {
    if (figure.ask) return figure.piece("stage").scrollIntoView({ block: "nearest" }); // a notebook scrolls in a part
    const form = figure.piece("form"), asked = form.querySelector(".gtt-asked");
    asked?.remove();
    const header = parseFloat(getComputedStyle(document.documentElement).scrollPaddingTop) || 0;
    const span = (...boxes) => [Math.min(...boxes.map((b) => b.top)), Math.max(...boxes.map((b) => b.bottom))];
    const fits = ([top, bottom]) => bottom - top <= innerHeight - header;
    const start = scrollY, stage = figure.piece("stage").getBoundingClientRect();
    let place = span(stage, { top: stage.bottom, bottom: stage.bottom + form.offsetHeight });
    if (link) {
      const both = span({ top: place[0], bottom: place[1] }, link.getBoundingClientRect());
      if (fits(both)) place = both;
      else place[1] += ask(form, link);
    }
    const [top, bottom] = place;
    const by = !fits(place) || top < header ? top - header : Math.max(0, bottom - innerHeight);
    // a place of the page and no distance: a browser that keeps what is in view where it is has moved on meanwhile
    const smooth = byReader && !reduced();
    scrollTo({ top: start + by, behavior: smooth ? "smooth" : "auto" });
    if (smooth && Math.abs(by) > 1) settle(figure.piece("stage"), stage.top - by);
  }

  /** What a page lays out as it rolls by may move its end: then the rest of the way follows, unless the reader moves on. */
  function settle(stage, top) {
    const moves = new AbortController(), once = { once: true, signal: moves.signal };
    for (const type of ["wheel", "touchstart", "pointerdown", "keydown"]) addEventListener(type, () => moves.abort(), once);
    const arrive = () => {
      moves.abort();
      scrollBy(0, stage.getBoundingClientRect().top - top);
    };
    addEventListener("scrollend", arrive, once);
  }

  /** Writes the sentence of a link above the controls, with a way back to it. Returns how high it is. */
  function ask(form, link) {
    const text = document.createElement("p"), back = document.createElement("button");
    text.className = "gtt-asked";
    text.append(sentence(link));
    Object.assign(back, { type: "button", textContent: gttSay("Back to the text") });
    back.addEventListener("click", () => {
      text.remove();
      link.scrollIntoView({ block: "center", behavior: reduced() ? "auto" : "smooth" });
      link.focus({ preventScroll: true });
    });
    text.append(" ", back);
    form.prepend(text);
    return text.offsetHeight;
  }

  /** The sentence in which a link stands, as a copy. */
  function sentence(link) {
    const block = link.closest("p, li, dd, td") ?? link, range = document.createRange();
    range.selectNodeContents(block);
    const texts = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const node = texts.currentNode;
      if (node.parentElement.closest("math, .gtt-goto")) continue; // a full stop there ends no sentence
      const before = node.compareDocumentPosition(link) & Node.DOCUMENT_POSITION_FOLLOWING;
      const ends = [...node.data.matchAll(/[.?!:](?=\s)/g)];
      if (before && ends.length) range.setStart(node, ends.at(-1).index + 1);
      if (!before && ends.length) {
        range.setEnd(node, ends[0].index + 1);
        break;
      }
    }
    const copy = range.cloneContents();
    copy.querySelectorAll("[id]").forEach((e) => e.removeAttribute("id"));
    copy.querySelectorAll("a").forEach((a) => a.replaceWith(...a.childNodes));
    return copy;
  }

  /** For anywidget: the same element, which asks the kernel. */
  function render({ model, el }) {
    el.insertAdjacentHTML("beforeend", model.get("html")); // Jupyter Book 2 has put the style sheet there
    const figure = el.querySelector("gtt-explorable");
    figure.begin();
    // else JupyterLab takes the arrow keys; it asks the element in focus itself, not those around it
    const focusable = figure.querySelectorAll("input, select, button, summary, .gtt-scroll");
    focusable.forEach((e) => e.setAttribute("data-lm-suppress-shortcuts", "true"));
    const received = () => figure.receive(model.get("answer"));
    figure.ask = (state) => {
      if (same(model.get("answer").state, state)) return received(); // another view asked for it already
      model.set("state", [...state]);
      model.save_changes();
    };
    model.on("change:answer", received);
    return () => model.off("change:answer", received);
  }

  globalThis.gttExplorable = { render };
  if (customElements.get("gtt-explorable")) return;
  customElements.define("gtt-explorable", Explorable);
  addEventListener("hashchange", () => follow(location.hash, null, true));
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.('a[data-goto], a[href^="#"][href*="?"]'); // a notebook may show links later
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const goto = link.dataset.goto ?? link.hash, asks = read(goto).some(([figure]) => figure.ask);
    event.preventDefault();
    if (!asks) history.pushState(null, "", goto); // the address of a notebook is its server's
    follow(goto, link);
  });
  const start = () => {
    // the theme's Bootstrap takes each href for a selector, and stops at one with a state
    for (const link of document.querySelectorAll('a[href^="#"][href*="?"]')) {
      link.dataset.goto = link.hash;
      link.setAttribute("href", link.hash.split("?")[0]);
    }
    follow(location.hash);
  };
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", start);
  else start();
})();
