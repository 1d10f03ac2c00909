// The explorable figure: <gtt-explorable>, made by minirnn/figures/explorables.py, which documents its parts.
// A classic script: a module would not load from a file:// page. Under a kernel minirnn/figures/live.py appends an export.
(() => {
  "use strict";

  const reduced = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
  const same = (a, b) => String(a) === String(b);

  class Explorable extends HTMLElement {
    connectedCallback() {
      if (this.data) return; // moved within the page
      this.data = JSON.parse(this.querySelector(":scope > script").textContent);
      this.state = [...this.data.start];
      this.controls = this.data.controls.map((control, i) => new Control(this, control, i));
      this.piece("form").addEventListener("submit", (event) => event.preventDefault());
      this.pads = [...this.querySelectorAll(".gtt-pad")]; // two, where a phone shows columns
      this.pads.forEach((pad) => this.wirePad(pad));
      if (this.hasAttribute("data-locked")) this.wireGuess(this.piece("guess"));
      else this.piece("controls").disabled = false;
      new ResizeObserver(() => this.fit()).observe(this.piece("scroll"));
      this.reflect();
    }

    // ---- the state

    /** Moves to the state with these indices: {name: index}. */
    choose(indices) {
      const state = this.data.controls.map((c, i) => indices[c.name] ?? this.state[i]);
      if (same(state, this.state)) return;
      this.state = state;
      this.reflect();
      this.request();
    }

    /** The controls, the pad's handle and the words of the caption show the state. */
    reflect() {
      this.controls.forEach((control, i) => control.show(this.state[i]));
      this.piece("words").textContent = this.controls.map((c) => c.words()).join(", ");
      if (!this.data.pad) return;
      const [, , , , x0, x1, y0, y1] = this.data.box;
      const { x, y } = this.data.pad;
      const left = `${(100 * (this.value(x) - x0)) / (x1 - x0)}%`;
      const top = `${(100 * (y1 - this.value(y))) / (y1 - y0)}%`;
      for (const { firstElementChild } of this.pads) Object.assign(firstElementChild.style, { left, top });
    }

    piece(name) {
      return this.querySelector(`.gtt-${name}`);
    }

    control(name) {
      return this.controls.find((c) => c.name === name);
    }

    value(name) {
      const control = this.control(name);
      return control.values[control.index];
    }

    /** Shows the frame of the state: at once from the page, or from Python, the latest state only. */
    request() {
      if (!this.ask) {
        const k = this.controls.reduce((k, c) => k * c.values.length + c.index, 0);
        const svg = this.data.frames[k].map((n) => this.data.tags[n]).join("");
        this.show({ svg, alt: this.data.alts[k] });
        share(this);
      } else if (!this.waiting) {
        this.waiting = true;
        this.piece("picture").setAttribute("aria-busy", "true");
        this.ask(this.state);
      }
    }

    /** What Python drew. While it drew, the reader may have moved on: then the latest state is asked for. */
    receive(answer) {
      if (!this.waiting) {
        this.state = [...answer.state]; // moved from Python, or in another view of the same figure
        this.reflect();
      }
      this.waiting = false;
      this.piece("picture").removeAttribute("aria-busy");
      this.show(answer);
      if (!same(answer.state, this.state)) this.request();
    }

    show({ svg, alt, error }) {
      const picture = this.piece("picture");
      if (error) {
        picture.replaceChildren(Object.assign(document.createElement("pre"), { textContent: error }));
        alt = "The drawing failed: " + error.trim().split("\n").pop();
      } else picture.innerHTML = svg;
      this.alt = alt;
      this.querySelector(".gtt-describe p").textContent = alt;
      if (this.hasAttribute("data-locked")) return;
      picture.setAttribute("aria-label", alt);
      clearTimeout(this.saying); // a drag is announced once, when it rests
      this.saying = setTimeout(() => (this.piece("said").textContent = alt), 600);
    }

    // ---- the picture

    /** A picture that is wider than its place can be scrolled, and then by keyboard too. */
    fit() {
      const area = this.piece("scroll");
      const wide = area.scrollWidth > area.clientWidth + 1;
      const attributes = { tabindex: "0", role: "group", "aria-label": "Figure, scrolls sideways" };
      area.classList.toggle("gtt-wide", wide);
      for (const [name, value] of Object.entries(attributes)) {
        if (wide) area.setAttribute(name, value);
        else area.removeAttribute(name);
      }
    }

    wirePad(area) {
      const { x, y } = this.data.pad;
      const move = (event) => {
        const [, , , , x0, x1, y0, y1] = this.data.box;
        const box = area.getBoundingClientRect();
        const u = (event.clientX - box.left) / box.width;
        const v = (event.clientY - box.top) / box.height;
        this.choose({
          [x]: this.control(x).nearest(x0 + u * (x1 - x0)),
          [y]: this.control(y).nearest(y1 - v * (y1 - y0)),
        });
      };
      area.addEventListener("pointerdown", (event) => {
        if (event.button !== 0 || this.piece("controls").disabled) return;
        event.preventDefault();
        area.setPointerCapture(event.pointerId);
        this.control(x).input.focus({ preventScroll: true }); // arrow keys go on from here
        move(event);
      });
      area.addEventListener("pointermove", (event) => {
        if (area.hasPointerCapture(event.pointerId)) move(event);
      });
    }

    // ---- the prediction

    wireGuess(form) {
      const picture = this.piece("picture");
      this.alt = picture.getAttribute("aria-label");
      picture.setAttribute("aria-label", "Hidden until you have made your guess");
      this.piece("describe").hidden = true;
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        const { right, verdict } = form.querySelector("input:checked").dataset;
        this.unlock(verdict, right === "1");
      });
      this.piece("skip").addEventListener("click", () => this.unlock(form.dataset.reveal));
    }

    unlock(text, right) {
      this.removeAttribute("data-locked");
      this.piece("guess").remove();
      this.piece("describe").hidden = false;
      this.piece("controls").disabled = false;
      this.piece("picture").setAttribute("aria-label", this.alt);
      const verdict = this.piece("verdict");
      if (right !== undefined) verdict.dataset.right = right;
      verdict.textContent = text;
      this.controls[0].input.focus({ preventScroll: true });
    }

    // ---- links

    /** Moves to the values of a link, the nearest where they are numbers; what it does not know it leaves. */
    goto(query) {
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
    constructor(figure, { name, values, keys, texts }, i) {
      Object.assign(this, { figure, name, values, keys, texts, index: figure.data.start[i] });
      this.row = figure.querySelectorAll(".gtt-control")[i];
      this.kind = this.row.dataset.kind; // "slider", "choice" or "menu": see minirnn/figures/controls.py
      this.inputs = [...this.row.querySelectorAll("input, select")];
      this.label = this.row.firstElementChild.textContent;
      this.output = this.row.querySelector("output");
      this.row.addEventListener("input", (event) => {
        this.stop();
        figure.choose({ [name]: Number(event.target.value) });
      });
      this.button = this.row.querySelector(".gtt-play");
      this.button?.addEventListener("click", () => (this.timer ? this.stop() : this.play()));
    }

    get input() {
      return this.inputs[this.kind === "choice" ? this.index : 0]; // of a choice the one that is checked
    }

    get key() {
      return this.keys[this.index];
    }

    words() {
      return `${this.label} = ${this.texts[this.index]}`;
    }

    show(index) {
      this.index = index;
      if (this.kind === "choice") this.input.checked = true;
      else this.input.value = index;
      if (this.kind !== "slider") return;
      this.output.textContent = this.texts[index];
      this.input.setAttribute("aria-valuetext", this.texts[index]);
      this.input.style.setProperty("--gtt-at", index / Math.max(1, this.values.length - 1));
    }

    nearest(value) {
      const distance = this.values.map((v) => Math.abs(v - value));
      return distance.indexOf(Math.min(...distance));
    }

    find(text) {
      if (this.kind !== "slider") return this.values.indexOf(text);
      return text.trim() === "" || isNaN(text) ? -1 : this.nearest(Number(text));
    }

    // ---- play: from here to the end, from the end starting over; one step a press where motion is unwelcome

    play() {
      const last = this.values.length - 1;
      const first = this.index === last ? 0 : this.index + 1;
      this.figure.choose({ [this.name]: first });
      if (reduced()) return;
      this.button.setAttribute("aria-pressed", "true");
      this.button.setAttribute("aria-label", `Pause ${this.label}`);
      const pause = Math.min(400, Math.max(80, 6000 / this.values.length));
      this.timer = setInterval(() => {
        if (this.index === last || !this.figure.isConnected || reduced()) return this.stop();
        if (!this.figure.waiting) this.figure.choose({ [this.name]: this.index + 1 });
      }, pause);
    }

    stop() {
      if (!this.timer) return;
      clearInterval(this.timer);
      this.timer = null;
      this.button.setAttribute("aria-pressed", "false");
      this.button.setAttribute("aria-label", `Play ${this.label}`);
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

  function share(figure) {
    moved.delete(figure.id);
    moved.set(figure.id, new URLSearchParams(figure.controls.map((c) => [c.name, c.key])).toString());
    clearTimeout(writing); // browsers refuse a page that rewrites its address at every step of a drag
    writing = setTimeout(() => {
      const hash = [...moved].map(([name, query]) => `${name}?${query}`).join(";");
      history.replaceState(history.state, "", `#${hash}`);
    }, 200);
  }

  /** Moves the figures that a fragment names, and brings the last of them into view. */
  function follow(hash, byLink) {
    let last, control;
    for (const [figure, query] of read(hash)) [last, control] = [figure, figure.goto(query)];
    if (!last) return;
    last.scrollIntoView({ block: "nearest", behavior: byLink && !reduced() ? "smooth" : "auto" });
    const target = last.piece("controls").disabled ? last.querySelector(".gtt-guess input") : control.input;
    if (byLink) target?.focus({ preventScroll: true });
  }

  /** For anywidget: the same element, which asks the kernel. */
  function render({ model, el }) {
    el.innerHTML = model.get("html");
    const figure = el.firstElementChild;
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
  addEventListener("hashchange", () => follow(location.hash, true));
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-goto]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    history.pushState(null, "", link.dataset.goto);
    follow(link.dataset.goto, true);
  });
  const start = () => {
    // the theme's Bootstrap takes each href for a selector, and stops at one with a state
    for (const link of document.querySelectorAll('a[href^="#"][href*="?"]')) {
      link.dataset.goto = link.hash;
      link.setAttribute("href", link.hash.split("?")[0]);
    }
    follow(location.hash, false);
  };
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", start);
  else start();
})();
