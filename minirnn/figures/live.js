// The engine of live figures: a figure's script turns a state into data, and this turns data into what matplotlib drew.
// minirnn/figures/artists.py says what of a drawing has a name; a script beside the figure's module says where it is:
//
//   live("cliff", ({ w, b }) => ({ path: [[w, b], …], title: "No clipping", words: "Two panels …" }), handles)
//
// A value is a text, a list of points in the units of the panel, null for what is not there, or {points, text, hue}.
// `words` is the text alternative; tools.stored is what Python gives the figure. handles: {ring: ([x, y], state) =>
// ({ w: x, b: y })} makes what is named draggable. Where a state takes long there is a fourth argument: worker.js, runs.js.

/** From data to positions in the picture, in points. A worker has this too. */
const gttRulers = () => {
  function axis(log, start, length, from, to) {
    const [ruler, number] = log ? [Math.log10, (v) => 10 ** v] : [(v) => v, (v) => v];
    const low = ruler(from), unit = length / (ruler(to) - low);
    return { place: (v) => start + (ruler(v) - low) * unit, value: (p) => number(low + (p - start) / unit) };
  }

  /** The rulers of a panel. */
  const rulers = ({ box: [left, top, width, height], limits: [x0, x1, y0, y1], log }) => ({
    x: axis(log[0], left, width, x0, x1),
    y: axis(log[1], top + height, -height, y0, y1),
  });

  const placed = (points, { x, y }) => points.map(([u, v]) => [x.place(u), y.place(v)]);
  const written = (number) => Math.round(100 * number) / 100;

  /** Path data; what is not finite is a gap. */
  function path(points) {
    let gap = true, d = "";
    for (const [x, y] of points) {
      if (isFinite(x + y)) d += (gap ? "M" : "L") + written(x) + " " + written(y);
      gap = !isFinite(x + y);
    }
    return d;
  }
  return { rulers, placed, written, path };
};

const gttLive = (() => {
  "use strict";

  const { rulers, placed, written, path } = gttRulers();

  const escaped = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;");
  /** `svg.raised`. */
  const raised = (text) =>
    text.replace(/\^\{([^}]*)\}([^^]*)/g, '<tspan dy="-.5em" font-size="70%">$1</tspan><tspan dy=".35em">$2</tspan>');

  /** Of markup the texts between its tags, as language.py has them. */
  const said = (markup) => markup.replace(/(^|>)([^<>]+)/g, (_, tag, text) => tag + gttSay(text));

  /** Writes a text into the nodes that are there, if as many parts of it are raised as of the last one. */
  function write(line, text) {
    const [first, ...parts] = text.split(/\^\{([^}]*)\}/).map(gttSay), node = line.firstChild;
    if (!first || node?.nodeType !== Node.TEXT_NODE || line.children.length !== parts.length)
      return void (line.innerHTML = said(raised(escaped(text))));
    if (node.data !== first) node.data = first;
    parts.forEach((part, i) => gttWrite(line.children[i], part));
  }

  // ---- what has a name

  const same = (a, b) => a.length === b?.length && a.every(([x, y], i) => Object.is(x, b[i][0]) && Object.is(y, b[i][1]));

  class Artist {
    constructor(group, panel, { hue, at }) {
      Object.assign(this, { group, svg: group.closest("svg"), panel, hue, at, shown: group.style.display !== "none" });
      this.path = group.querySelector(":scope > path:not([data-mark])");
      this.joined = group.querySelector("[data-mark]");
      this.mark = this.joined?.dataset.mark.split(/(?=M)/).map((part) => part.match(/^M(-?[\d.]+) ?(-?[\d.]+)(.*)/).slice(1));
      this.marks = [...group.querySelectorAll("use")];
      this.lines = [...group.querySelectorAll("text")];
      this.shifts = this.lines.map((e) => [e.getAttribute("x") - at?.[0], e.getAttribute("y") - at?.[1]]);
    }

    /** It is one path, and nothing else. */
    get isLine() {
      return this.path && !this.joined && !this.marks.length && !this.lines.length;
    }

    draw(value) {
      const { points, text, hue, d } =
        typeof value === "string" ? { text: value } : Array.isArray(value) ? { points: value } : (value ?? {});
      if (this.shown !== (value !== null)) this.group.style.display = (this.shown = value !== null) ? "" : "none";
      if (!this.shown) return;
      if (points) this.move(placed(points, this.panel));
      if (d !== this.d) this.path.setAttribute("d", (this.d = d)); // a worker has written it
      if (text !== undefined && text !== this.text) {
        const parts = text.split("\n");
        this.lines.forEach((line, i) => write(line, parts[i] ?? ""));
        this.text = text;
      }
      if (hue && hue !== this.hue) this.paint(hue);
    }

    move(points) {
      if (same(points, this.points)) return; // what stands still costs nothing
      const before = this.points ?? [];
      this.points = points;
      this.at = points[0];
      this.path?.setAttribute("d", path(points));
      this.joined?.setAttribute("d", points.map((point) => this.marked(point)).join(""));
      while (this.marks.length && this.marks.length < points.length)
        this.marks.push(this.marks[0].parentNode.appendChild(this.marks[0].cloneNode()));
      this.marks.forEach((mark, i) => {
        const there = i < points.length, was = i < before.length;
        if (there !== was || !before.length) mark.style.display = there ? "" : "none";
        if (there && !(was && same([points[i]], [before[i]]))) place(mark, points[i]);
      });
      this.lines.forEach((line, i) => place(line, [points[0][0] + this.shifts[i][0], points[0][1] + this.shifts[i][1]]));
    }

    /** Path data of one mark of those that are a path together: see flattening.py. */
    marked([x, y]) {
      return isFinite(x + y) ? this.mark.map(([u, v, rest]) => `M${written(x + +u)} ${written(y + +v)}${rest}`).join("") : "";
    }

    paint(hue) {
      for (const e of [this.path, this.joined, ...this.marks, ...this.lines].filter(Boolean))
        e.setAttribute("style", e.getAttribute("style").replaceAll(`--gtt-${this.hue}`, `--gtt-${hue}`));
      this.hue = hue;
    }
  }

  function place(element, [x, y]) {
    element.setAttribute("x", written(x));
    element.setAttribute("y", written(y));
  }

  class Picture {
    constructor(figure) {
      const { shows } = gttPicture;
      const { panels, artists } = figure.data.live;
      const ruled = panels.map(rulers);
      const pictures = [figure.querySelector("svg"), ...figure.querySelectorAll(".gtt-columns svg")];
      pictures.slice(1).forEach((column) => gttPicture.copy(pictures[0], column, panels));
      Object.assign(this, { figure, artists: {}, values: {}, isCopied: pictures.length > 1 });
      for (const [name, about] of Object.entries(artists)) {
        const middle = panels[about.panel].box[0] + panels[about.panel].box[2] / 2;
        const groups = pictures
          .filter((svg) => shows(svg, middle))
          .map((svg) => svg.querySelector(`[data-live="${name}"], [id="${figure.id}-live-${name}"]`));
        if (groups.includes(null)) throw Error(`${figure.id}: expected an artist live-${name} in the picture, found none`);
        this.artists[name] = groups.map((group) => new Artist(group, ruled[about.panel], about));
      }
      const now = (draw, receive) => (state) => receive(draw(state));
      const reported = (works) => (draw, receive) => {
        this.runs = new gttRuns(figure, works);
        return (state) => receive(draw(state, this.runs.of(state)));
      };
      gttScripts[figure.id]((name, draw, handles = {}, slow = now) => {
        if (name !== figure.id) throw Error(`live: expected the name ${figure.id}, got ${name}`);
        const place = typeof slow === "function" ? slow : reported(slow);
        this.draw = place(draw, (values) => this.show(values), figure, (part) => !handles[part] && this.artists[part][0].isLine);
        this.handles = Object.entries(handles).flatMap(([part, moved]) => this.handle(part, moved));
      }, { ...gttTools(), stored: figure.data.stored });
    }

    /** Shows what a script made of a state: at once where a reader sees it, elsewhere when the drag rests. */
    show({ words, ...values }) {
      for (const name in values)
        if (!this.artists[name]) throw Error(`${this.figure.id}: expected one of ${Object.keys(this.artists)}, got ${name}`);
      Object.assign(this.values, values);
      this.paint(values, ({ svg }) => this.figure.isSeen(svg));
      clearTimeout(this.resting);
      if (this.isCopied) this.resting = setTimeout(() => this.settle(), 300);
      this.figure.tell(words);
    }

    /** All pictures show the latest state, also the one that a phone hides behind its columns. */
    settle() {
      clearTimeout(this.resting);
      this.paint(this.values, () => true);
    }

    paint(values, wanted) {
      for (const [name, value] of Object.entries(values))
        for (const artist of this.artists[name]) if (wanted(artist)) artist.draw(value);
      for (const handle of this.handles) if (wanted(handle)) handle.show();
    }

    /** What one drags, 44 px wide: one in the picture, and one in the column that has its panel on a phone. */
    handle(part, moved) {
      return this.artists[part].map((artist) => {
        const { svg } = artist, canvas = svg.closest(".gtt-canvas"), [left, top, width, height] = gttPicture.extent(svg);
        const element = Object.assign(document.createElement("i"), { className: "gtt-handle", ariaHidden: "true" });
        canvas.append(element);
        let grip;
        element.addEventListener("pointerdown", (event) => {
          if (event.button !== 0 || this.figure.piece("controls").disabled) return;
          event.preventDefault();
          element.setPointerCapture(event.pointerId);
          const box = element.getBoundingClientRect();
          grip = [event.clientX - box.left - box.width / 2, event.clientY - box.top - box.height / 2];
          this.figure.control(Object.keys(drag(event))[0]).input.focus({ preventScroll: true }); // arrow keys go on from here
        });
        element.addEventListener("pointermove", (event) => {
          if (element.hasPointerCapture(event.pointerId)) drag(event);
        });
        const drag = (event) => {
          const box = canvas.getBoundingClientRect();
          const x = left + ((event.clientX - grip[0] - box.left) / box.width) * width;
          const y = top + ((event.clientY - grip[1] - box.top) / box.height) * height;
          const values = moved([artist.panel.x.value(x), artist.panel.y.value(y)], this.figure.values());
          this.figure.moveTo(values);
          return values;
        };
        const show = () => {
          if (!artist.at) return; // a worker has not answered yet
          const [x, y] = artist.at;
          element.hidden = !artist.shown || !gttPicture.shows(svg, x);
          Object.assign(element.style, { left: `${(100 * (x - left)) / width}%`, top: `${(100 * (y - top)) / height}%` });
        };
        return { svg, show };
      });
    }
  }

  return { Picture };
})();
