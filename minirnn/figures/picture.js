// What shows the stored frames of a figure: the picture itself, and copies of it in the columns that a phone shows.
// Of a new frame only those elements are made that the frame before did not have: `innerHTML` would make a thousand.
const gttPicture = (() => {
  "use strict";

  const trees = new WeakMap(); // a drag comes by the same frames again and again

  /** A frame, the numbers of its tags, as a tree: of each element the tags from `from` to `to`, and what is in it. */
  function tree(numbers, tags) {
    if (!trees.has(numbers)) trees.set(numbers, parsed(numbers, tags));
    return trees.get(numbers);
  }

  function parsed(numbers, tags) {
    const root = { children: [] }, open = [root];
    numbers.forEach((number, i) => {
      const tag = tags[number];
      if (tag[1] === "/") return void (open.pop().to = i + 1);
      const node = { from: i, to: i + 1, tag, children: [] };
      open.at(-1).children.push(node);
      if (!/\/>[^>]*$/.test(tag)) open.push(node);
    });
    return root.children;
  }

  const name = (tag) => tag.match(/^<([\w:]+)/)[1];
  /** What is made anew when anything in it changes: a text, a formula in its place, and what has nothing in it. */
  const whole = ({ tag, children }) => !children.length || /^<(text|clipPath)\b|^<g[^>]* transform=/.test(tag);

  class Surface {
    /** `place` is the element around the picture or, of a copy, its SVG. A copy has no ids, since the picture itself has
        them; references lead to it. */
    constructor(place, copy) {
      Object.assign(this, { place, copy, frame: null });
    }

    /** Shows the tags with these numbers. */
    show(numbers, tags) {
      const [svg] = tree(numbers, tags);
      const next = { numbers, tags, children: this.copy ? svg.children : [svg] };
      if (this.frame) this.update(this.place, this.frame.children, next.children, next);
      else this.place.innerHTML = this.written(numbers.slice(...(this.copy ? [1, -1] : [])), tags);
      this.frame = next;
    }

    written(numbers, tags) {
      const svg = numbers.map((n) => tags[n]).join("");
      return this.copy ? svg.replace(/ id="[^"]*"/g, "") : svg;
    }

    made(node, { numbers, tags }) {
      const holder = document.createElement("template");
      holder.innerHTML = `<svg>${this.written(numbers.slice(node.from, node.to), tags)}</svg>`;
      return holder.content.firstElementChild.firstElementChild;
    }

    same(a, b, next) {
      if (a.to - a.from !== b.to - b.from) return false;
      for (let i = 0; i < a.to - a.from; i++)
        if (this.frame.numbers[a.from + i] !== next.numbers[b.from + i]) return false;
      return true;
    }

    /** Makes the children of an element those of the next frame, where they differ from those of the last. */
    update(element, old, now, next) {
      const shorter = Math.min(old.length, now.length);
      let first = 0, last = 0;
      while (first < shorter && this.same(old[first], now[first], next)) first++;
      while (last < shorter - first && this.same(old.at(-1 - last), now.at(-1 - last), next)) last++;
      const there = [...element.children].slice(first, old.length - last);
      const after = element.children[old.length - last] ?? null;
      const coming = now.slice(first, now.length - last);
      coming.forEach((node, i) => {
        const before = old[first + i];
        const kept = there.length === coming.length && name(before.tag) === name(node.tag) && !whole(before) && !whole(node);
        if (kept) {
          if (before.tag !== node.tag) this.dress(there[i], node, next);
          if (!this.same(before, node, next)) this.update(there[i], before.children, node.children, next);
        } else if (i < there.length) there[i].replaceWith(this.made(node, next));
        else element.insertBefore(this.made(node, next), after);
      });
      there.slice(coming.length).forEach((e) => e.remove());
    }

    dress(element, node, next) {
      const wanted = this.made({ from: node.from, to: node.from + 1 }, next);
      [...element.attributes].forEach(({ name }) => element.removeAttribute(name));
      [...wanted.attributes].forEach(({ name, value }) => element.setAttribute(name, value));
    }
  }

  // ---- one column of panels that is wider than a phone: panels become narrower, and letters keep their size

  const MARK = /^(use|text)$/;

  /** How wide a column of panels becomes: what lies between its borders is drawn together, its margins stay. */
  function squeeze(panels, width, target) {
    const left = Math.min(...panels.map((p) => p.box[0])), right = Math.max(...panels.map((p) => p.box[0] + p.box[2]));
    const share = (target - width + right - left) / (right - left);
    const place = (x) => (x < left ? x : x > right ? x - (1 - share) * (right - left) : left + share * (x - left));
    const value = (x) => (x < left ? x : x > place(right) ? x + (1 - share) * (right - left) : left + (x - left) / share);
    return { left, share, place, value };
  }

  /** Paths and images are drawn together; marks and letters move to where they belong. */
  function narrow(svg, { left, share, place }) {
    const matrix = `matrix(${share} 0 0 1 ${left * (1 - share)} 0)`;
    for (const e of svg.querySelectorAll(":not(defs *):is(path, use, image, rect, text, g[transform])")) {
      if (e.closest("g[transform]") !== (e.localName === "g" ? e : null) || e.dataset.squeezed) continue;
      e.dataset.squeezed = "1";
      const before = e.getAttribute("transform") ?? "";
      if (!MARK.test(e.localName) && e.localName !== "g") e.setAttribute("transform", `${matrix} ${before}`);
      else {
        const x = e.hasAttribute("x") ? Number(e.getAttribute("x")) : anchor(e, before, left);
        e.setAttribute("transform", `translate(${place(x) - x} 0) ${before}`);
      }
    }
  }

  /** The point of a formula that keeps its place: its middle, but at a border its side; of what is turned its line. */
  function anchor(element, transform, left) {
    const x = Number(transform.match(/translate\(([-\d.e]+)/)[1]);
    return x < left + 1 || transform.includes("rotate") ? x : x + element.getBBox().width / 2;
  }

  // ---- the values at a place

  const raised = (power) => [...`${power}`].map((c) => (c === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[c])).join("");
  const number = (value) => {
    if (value === 0 || (Math.abs(value) >= 1e-3 && Math.abs(value) < 1e5)) return `${Number(value.toPrecision(3))}`.replace("-", "−");
    const [digits, power] = value.toExponential(1).split("e");
    return `${digits.replace("-", "−")}·10${raised(Number(power))}`;
  };

  /** "x 12.5, y 3.0·10⁻⁵" for a place of the picture, in points; "" where no axis has numbers. */
  function read(panels, x, y) {
    const inside = ({ box: [left, top, width, height] }) => x >= left && x <= left + width && y >= top && y <= top + height;
    const panel = panels.findLast(inside);
    if (!panel) return "";
    const { box: [left, top, width, height], limits: [x0, x1, y0, y1], log, reads } = panel;
    const at = (share, from, to, isLog) => (isLog ? from * (to / from) ** share : from + share * (to - from));
    const values = [["x", at((x - left) / width, x0, x1, log[0])], ["y", at((top + height - y) / height, y0, y1, log[1])]];
    return values.filter((_, i) => reads[i] && log[i] !== null).map(([name, value]) => `${name} ${gttSay(number(value))}`).join(", ");
  }

  return { Surface, squeeze, narrow, read };
})();
