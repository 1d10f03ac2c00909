// What shows the stored frames of a figure: the picture itself, and copies of it in the columns that a phone shows.
// Of a new frame only those elements are made that the frame before did not have: `innerHTML` would make a thousand.
const gttPicture = (() => {
  "use strict";

  /** What a tag is; it may end with a text. `panel` is the number of the one that it begins, or NaN. */
  class Tag {
    constructor(text) {
      this.text = text;
      this.closes = text[1] === "/";
      this.alone = /\/>[^>]*$/.test(text);
      this.name = text.match(/^<([\w:]+)/)?.[1];
      this.tail = text.slice(text.lastIndexOf(">") + 1);
      this.panel = text.startsWith("<g id=") ? Number(text.match(/-panel-(\d+)"/)?.[1] ?? NaN) : NaN;
      /** Made anew when anything in it changes: a text, and a formula in its place. */
      this.whole = /^<(text|clipPath)\b|^<g[^>]* transform=/.test(text);
    }

    get attributes() {
      return (this.read ??= Object.fromEntries([...this.text.matchAll(/([\w:-]+)="([^"]*)"/g)].map(([, name, value]) => [name, value])));
    }

    /** An element with this tag can become one with the other. */
    canBecome(other) {
      const plain = (tag) => !tag.whole && !tag.text.includes("&");
      const names = (tag) => `${[tag.name, tag.alone, tag.tail, ...Object.keys(tag.attributes)]}`;
      return plain(this) && plain(other) && names(this) === names(other);
    }
  }

  // A drag comes by the same frames again and again, and frames share their tags.
  const trees = new WeakMap(), read = new WeakMap();

  function tag(tags, number) {
    if (!read.has(tags)) read.set(tags, []);
    return (read.get(tags)[number] ??= new Tag(tags[number]));
  }

  /** A frame, the numbers of its tags, as a tree: of each element the tags from `from` to `to`, and what is in it. */
  function tree(numbers, tags) {
    if (!trees.has(numbers)) trees.set(numbers, parsed(numbers, tags));
    return trees.get(numbers);
  }

  function parsed(numbers, tags) {
    const root = { children: [] }, open = [root];
    numbers.forEach((number, i) => {
      const own = tag(tags, number);
      if (own.closes) return void (open.pop().to = i + 1);
      const node = { from: i, to: i + 1, tag: own, children: [] };
      open.at(-1).children.push(node);
      if (!own.alone) open.push(node);
    });
    return root.children;
  }

  class Surface {
    /** `place` is the element around the picture or, of a copy, its SVG. A copy has no ids, since the picture itself has
        them; references lead to it. Of the panels it has those that `holds` says. */
    constructor(place, copy, holds = () => true) {
      Object.assign(this, { place, copy, holds, frame: null });
    }

    /** Shows the tags with these numbers. */
    show(numbers, tags) {
      const [svg] = tree(numbers, tags);
      const next = { numbers, tags, children: this.copy ? svg.children : [svg] };
      if (this.frame) this.update(this.place, this.frame.children, next.children, next);
      else this.place.innerHTML = next.children.map((node) => this.written(node, next)).join("");
      this.frame = next;
    }

    own(nodes) {
      return nodes.filter(({ tag }) => isNaN(tag.panel) || this.holds(tag.panel));
    }

    written({ from, to, children }, { numbers, tags }) {
      const texts = (a, b) => numbers.slice(a, b).map((n) => tags[n]).join("");
      const own = this.own(children);
      const within = own.length === children.length ? texts(from + 1, to) : own.map((node) => this.written(node, { numbers, tags })).join("") + texts(to - 1, to);
      const svg = texts(from, from + 1) + within;
      return this.copy ? svg.replace(/ id="[^"]*"/g, "") : svg;
    }

    made(node, frame) {
      const holder = document.createElement("template");
      holder.innerHTML = `<svg>${this.written(node, frame)}</svg>`;
      return holder.content.firstElementChild.firstElementChild;
    }

    same(a, b, next) {
      if (a.to - a.from !== b.to - b.from) return false;
      for (let i = 0; i < a.to - a.from; i++)
        if (this.frame.numbers[a.from + i] !== next.numbers[b.from + i]) return false;
      return true;
    }

    /** Makes the children of an element those of the next frame, where they differ from those of the last. */
    update(element, before, after, next) {
      const [old, now] = [this.own(before), this.own(after)], shorter = Math.min(old.length, now.length);
      let first = 0, last = 0;
      while (first < shorter && this.same(old[first], now[first], next)) first++;
      while (last < shorter - first && this.same(old.at(-1 - last), now.at(-1 - last), next)) last++;
      const there = [...element.children].slice(first, old.length - last);
      const behind = element.children[old.length - last] ?? null;
      const coming = now.slice(first, now.length - last);
      coming.forEach((node, i) => {
        const was = old[first + i];
        if (there.length === coming.length && this.canKeep(was, node)) {
          if (was.tag !== node.tag) this.dress(there[i], was.tag.attributes, node.tag.attributes);
          if (node.children.length && !this.same(was, node, next)) this.update(there[i], was.children, node.children, next);
        } else if (i < there.length) there[i].replaceWith(this.made(node, next));
        else element.insertBefore(this.made(node, next), behind);
      });
      there.slice(coming.length).forEach((e) => e.remove());
    }

    /** Without anything in it, only one that ends at once: what stands between its two tags is no element. */
    canKeep(was, node) {
      const hasPlace = ({ tag, children }) => tag.alone || children.length > 0;
      return hasPlace(was) && hasPlace(node) && was.tag.canBecome(node.tag);
    }

    dress(element, was, wanted) {
      if (element.dataset.squeezed) {
        delete element.dataset.squeezed; // `narrow` does it again
        if (wanted.transform === undefined) element.removeAttribute("transform");
        else element.setAttribute("transform", wanted.transform);
      }
      for (const name in wanted)
        if (wanted[name] !== was[name] && !(this.copy && name === "id")) element.setAttribute(name, wanted[name]);
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
    for (const e of svg.querySelectorAll(":not([data-squeezed], defs *):is(path, use, image, rect, text, g[transform])")) {
      if (e.closest("g[transform]") !== (e.localName === "g" ? e : null)) continue;
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

  // ---- columns

  /** Left, top, width and height of a picture, or of the column of it that a phone shows. */
  const extent = (svg) => svg.getAttribute("viewBox").split(" ").map(Number);
  const shows = (svg, x) => x >= extent(svg)[0] && x <= extent(svg)[0] + extent(svg)[2];
  /** A column that is drawn together has all panels. */
  const holds = (svg, { box: [left, , width] }) => svg.hasAttribute("data-whole") || shows(svg, left + width / 2);

  /** A column is a window onto the picture, which a browser would make anew for each change: now it has a copy, without
      ids and without the panels of other columns. Artists with a name keep it. */
  function copy(picture, column, panels) {
    column.innerHTML = picture.innerHTML;
    for (const element of column.querySelectorAll("[id]")) {
      const [, panel, artist] = element.id.match(/-panel-(\d+)$|-live-(.*)$/) ?? [];
      if (artist) element.dataset.live = artist;
      element.removeAttribute("id"); // references lead to the picture itself
      if (panel && !holds(column, panels[panel])) element.remove();
    }
  }

  return { Surface, squeeze, narrow, extent, shows, holds, copy };
})();

/** Writes a plain text. One that is put in another's place, as by `textContent`, makes a browser ask anew what it styles
    by an element's children (`:has`, `:empty`), up to the whole page: most of the layout of a drag. */
const gttWrite = (element, text) => {
  const [node, ...others] = element.childNodes;
  if (node?.nodeType !== Node.TEXT_NODE || others.length) element.textContent = text;
  else if (node.data !== text) node.data = text;
};
