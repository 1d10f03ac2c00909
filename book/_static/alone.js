// The page of one figure: what a reader takes along of its present state. Pages that show it alone load this.
(() => {
  "use strict";
  const figure = document.querySelector("gtt-explorable"), nav = document.querySelector(".gtt-take");
  const isBare = new URLSearchParams(location.search).has("bare"); // within a slide, say
  document.documentElement.classList.toggle("bare", isBare);

  const escaped = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/"/g, "&quot;");
  const state = () => Object.entries(figure.values());
  const address = () => `#${figure.id}?${new URLSearchParams(figure.controls.map((c) => [c.name, c.key]))}`;
  const call = () => {
    const values = state().map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(", ");
    return `from ${figure.data.module} import FIGURE   # in the folder book/ of the repository\nFIGURE.at(${values})`;
  };
  const frame = () => {
    const { width, height } = figure.querySelector("figure").getBoundingClientRect();
    const source = `${location.href.split(/[?#]/)[0]}?bare${address()}`, ratio = Math.round((100 * height) / width) / 100;
    const style = `width: 100%; aspect-ratio: ${(1 / ratio).toFixed(2)}; border: 0`;
    return `<iframe src="${escaped(source)}" title="${escaped(document.title)}" style="${style}" loading="lazy"></iframe>`;
  };

  // ---- the picture as a file: colours of the theme, letters of the book

  let asked;
  /** The faces as a style sheet. A script and no fetch, so that it works from a disk. */
  const faces = () =>
    (asked ??= new Promise((done, failed) => {
      globalThis.gttFaces = done;
      const script = document.createElement("script");
      Object.assign(script, { src: "../_static/faces.js", onerror: () => failed(Error("faces.js is not there")) });
      document.head.append(script);
    }));

  async function svg() {
    figure.live?.settle(); // a phone hides the picture, which then lags behind a drag
    const drawn = figure.querySelector(".gtt-picture svg"), picture = drawn.cloneNode(true);
    const originals = drawn.querySelectorAll("image");
    picture.querySelectorAll("image").forEach((e, i) => (e.style.filter = getComputedStyle(originals[i]).filter));
    for (const e of picture.querySelectorAll("[href]")) e.setAttribute("xlink:href", e.getAttribute("href"));
    const { size } = figure.data, hues = getComputedStyle(document.documentElement);
    const ground = `<rect width="100%" height="100%" fill="${hues.getPropertyValue("--gtt-paper")}"/>`;
    const start =
      `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${size[0]}" height="${size[1]}"` +
      ` viewBox="0 0 ${size[0]} ${size[1]}" stroke-linejoin="round"><title>${escaped(figure.alt)}</title>`;
    const inside = new XMLSerializer().serializeToString(picture).replace(/^<svg[^>]*>/, "").replace(/<\/svg>$/, "");
    const plain = inside.replace(/var\((--gtt-\w+)[^)]*\)/g, (_, name) => hues.getPropertyValue(name).trim());
    return `${start}<style>${await faces()}text{white-space:pre}</style>${ground}${plain}</svg>`;
  }
  /** As wide as a slide, 2400 pixels. */
  async function png() {
    const image = new Image(), canvas = document.createElement("canvas"), [width, height] = figure.data.size;
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(await svg())}`;
    await image.decode();
    Object.assign(canvas, { width: 2400, height: Math.round((2400 * height) / width) });
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    return new Promise((done) => canvas.toBlob(done, "image/png"));
  }

  const save = (blob, ending) => {
    const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: `${figure.id}.${ending}` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  };

  // ---- the buttons

  const said = Object.assign(document.createElement("p"), { role: "status" }), shown = document.createElement("code");
  const button = (text, act) => {
    const made = Object.assign(document.createElement("button"), { type: "button", textContent: gttSay(text) });
    made.addEventListener("click", async () => {
      try {
        said.textContent = gttSay(await act());
      } catch (error) {
        said.textContent = `This did not work: ${error.message}`;
      }
    });
    return made;
  };
  const copy = async (text, what) => {
    try {
      await navigator.clipboard.writeText(text);
      return `${what} is copied.`;
    } catch {
      shown.textContent = text; // where a page may not write to the clipboard, as from a disk
      getSelection().selectAllChildren(shown);
      return `${what} is selected below: copy it.`;
    }
  };
  nav.prepend(
    button("Copy the line for an iframe", () => copy(frame(), "The line")),
    button("SVG", async () => (save(new Blob([await svg()], { type: "image/svg+xml" }), "svg"), "The SVG is saved.")),
    button("PNG", async () => (save(await png(), "png"), "The PNG is saved.")),
    button("Copy the Python call", () => copy(call(), "The call")),
  );
  nav.append(said, shown);
  const home = nav.querySelector(".gtt-home"), page = home.getAttribute("href").split("#")[0];
  const follow = () => {
    shown.textContent = call();
    home.setAttribute("href", page + address());
  };
  figure.addEventListener("gtt-state", follow);
  follow();
  if (isBare) figure.open(); // who shows it has asked already
  globalThis.gttAlone = { svg, png, call, frame };
})();
