// The values at a place of the picture, where numbers stand at the axes: at the pointer and, while its button has the focus,
// at a place that the arrow keys move. Marks with names (`artists.name_points`) are read as a whole.
const gttReading = (() => {
  "use strict";

  const NEAR = 12; // points from a mark
  const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

  const raised = (power) => [...`${power}`].map((c) => (c === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[c])).join("");
  const number = (value) => {
    if (value === 0 || (Math.abs(value) >= 1e-3 && Math.abs(value) < 1e5)) return `${Number(value.toPrecision(3))}`.replace("-", "−");
    const [digits, power] = value.toExponential(1).split("e");
    return `${digits.replace("-", "−")}·10${raised(Number(power))}`;
  };

  /** To what a point of the picture can show of an axis of this length, so that 0 is 0. */
  const rounded = (value, length) => {
    const decimals = 2 - Math.floor(Math.log10(Math.abs(length)));
    return Math.round(value * 10 ** decimals) / 10 ** decimals;
  };

  const inside = ({ box: [left, top, width, height] }, x, y) => x >= left && x <= left + width && y >= top && y <= top + height;
  const canBeRead = ({ reads, log, marks }) => marks || reads.some((read, i) => read && log[i] !== null);

  /** {text, x, y} for a place of the picture, in points: "x 12.5, y 3.0·10⁻⁵", at a mark with its name before it; a text
      "" where no axis has numbers. */
  function read(panels, x, y) {
    const panel = panels.findLast((panel) => inside(panel, x, y));
    if (!panel) return { text: "", x, y };
    const { box: [left, top, width, height], limits: [x0, x1, y0, y1], log, reads, marks = [] } = panel;
    const away = marks.map(([u, v]) => Math.hypot(u - x, v - y)), nearest = away.indexOf(Math.min(...away));
    const named = away[nearest] <= NEAR ? marks[nearest] : null;
    if (named) [x, y] = named;
    const at = (share, from, to, isLog) => (isLog ? from * (to / from) ** share : rounded(from + share * (to - from), to - from));
    const values = [["x", at((x - left) / width, x0, x1, log[0])], ["y", at((top + height - y) / height, y0, y1, log[1])]];
    const told = values.filter((_, i) => reads[i] && log[i] !== null).map(([name, value]) => `${name} ${gttSay(number(value))}`).join(", ");
    return { text: named ? [named[2], told].filter(Boolean).join(": ") : told, x, y };
  }

  const extent = (canvas) => gttPicture.extent(canvas.querySelector("svg"));

  class Reading {
    constructor(figure) {
      const label = Object.assign(document.createElement("output"), { className: "gtt-read", ariaHidden: "true" });
      Object.assign(this, { figure, label, canvases: [...figure.querySelectorAll(".gtt-stage .gtt-canvas")] });
      for (const canvas of this.canvases) {
        // while one drags, to ask where the picture is would lay the page out once more
        canvas.addEventListener("pointermove", (event) => (event.buttons ? label.remove() : this.point(canvas, event)));
        canvas.addEventListener("pointerleave", () => label.remove());
      }
      const button = figure.piece("values");
      button.addEventListener("focus", () => this.move([0, 0]));
      button.addEventListener("blur", () => label.remove());
      button.addEventListener("keydown", (event) => {
        if (!KEYS[event.key]) return;
        event.preventDefault();
        this.move(KEYS[event.key]);
      });
    }

    point(canvas, { clientX, clientY }) {
      const box = canvas.querySelector("svg").getBoundingClientRect(), [left, top, width, height] = extent(canvas);
      const x = left + ((clientX - box.left) / box.width) * width, y = top + ((clientY - box.top) / box.height) * height;
      this.show(canvas, this.squeezed(canvas)?.value(x) ?? x, y, false);
    }

    squeezed(canvas) {
      return this.figure.columns?.find((c) => c.place.parentNode === canvas)?.squeezed;
    }

    show(canvas, px, py, byKey) {
      const { label, figure } = this;
      const { text, x, y } = figure.hasAttribute("data-locked") ? { text: "" } : read(figure.panels, px, py);
      label.textContent = text;
      label.hidden = !text;
      if (!text) return "";
      if (label.parentNode !== canvas) canvas.append(label);
      const [left, top, width, height] = extent(canvas), across = ((this.squeezed(canvas)?.place(x) ?? x) - left) / width;
      label.classList.toggle("gtt-left", across > 0.5);
      label.classList.toggle("gtt-key", byKey);
      Object.assign(label.style, { left: `${100 * across}%`, top: `${(100 * (y - top)) / height}%` });
      return text;
    }

    /** From mark to mark or, where a panel has none, by a fortieth of it; beyond its border to the next panel. */
    move(by) {
      const panels = this.figure.panels.filter(canBeRead);
      if (!panels.length) return;
      this.at ??= start(panels[0]);
      this.at = next(panels, this.at, by);
      const [x, y] = this.at;
      const canvas = this.canvases.find((c) => c.offsetWidth > 1 && gttPicture.shows(c.querySelector("svg"), x));
      this.figure.piece("said").textContent = this.show(canvas, x, y, true);
    }
  }

  const middle = ({ box: [left, top, width, height] }) => [left + width / 2, top + height / 2];
  /** The mark that is nearest to the middle of a panel, or the middle. */
  const start = (panel) => nearest(panel.marks ?? [], middle(panel)) ?? middle(panel);
  const nearest = (marks, [x, y]) =>
    marks.map(([u, v]) => [u, v]).sort((a, b) => Math.hypot(a[0] - x, a[1] - y) - Math.hypot(b[0] - x, b[1] - y))[0];

  function next(panels, [x, y], [right, down]) {
    const panel = panels.findLast((p) => inside(p, x, y)) ?? panels[0], [left, top, width, height] = panel.box;
    const ahead = ([u, v]) => (u - x) * right + (v - y) * down, aside = ([u, v]) => Math.abs((u - x) * down) + Math.abs((v - y) * right);
    const first = (places, weight) =>
      places.filter((p) => ahead(p) > 0.5).sort((a, b) => ahead(a) + weight * aside(a) - ahead(b) - weight * aside(b))[0];
    const mark = first((panel.marks ?? []).map(([u, v]) => [u, v]), 0.01); // in their order, so that each can be reached
    if (mark) return mark;
    const moved = [x + (right * width) / 40, y + (down * height) / 40];
    if (!panel.marks && inside(panel, ...moved)) return moved;
    const beyond = panels.filter((p) => p !== panel), place = first(beyond.map(middle), 2);
    const other = beyond.find((p) => place && inside(p, ...place));
    return other ? start(other) : [Math.min(Math.max(x, left), left + width), Math.min(Math.max(y, top), top + height)];
  }

  return Reading;
})();
