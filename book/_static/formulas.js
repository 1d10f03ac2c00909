// Formulas are MathML from the start (book/_ext/gtt/formulas.py). MathJax sets them more finely once the page shows: a
// few at a time, since all at once would hold up a phone for seconds, and first what the reader sees.
const formulas = [...document.querySelectorAll(".math")];

function take(count) {
  const seen = formulas.findIndex((formula) => formula.getBoundingClientRect().bottom > 0);
  const some = formulas.splice(Math.max(seen, 0), count);
  for (const formula of some) formula.querySelector("math")?.replaceWith(formula.dataset.tex);
  return some;
}

async function setFormulas(address) {
  const script = Object.assign(document.createElement("script"), { src: address });
  await new Promise((resume) => document.head.appendChild(script).addEventListener("load", resume));
  await MathJax.startup.promise;
  addEventListener("beforeprint", () => MathJax.typeset(take(Infinity)));
  while (formulas.length) {
    const some = take(6);
    await MathJax.typesetPromise(some);
    some.forEach(breakable);
    reachable();
    land();
    await new Promise((resume) => setTimeout(resume));
  }
}
// A displayed formula that is wider than a phone goes on below: after a wide space, and else before a relation
function breakable(formula) {
  const parts = (which) => [...formula.querySelectorAll(`[display] > mjx-math > ${which}`)];
  const breaking = () => document.createElement("wbr");
  for (const space of parts(":is(mjx-mspace, mjx-mstyle:has(> mjx-mspace))"))
    if (space.offsetWidth > 12) space.after(breaking());
  if (![formula, ...formula.children].some((box) => box.scrollWidth > box.clientWidth + 1)) return;
  for (const relation of parts("[space='4']:not([space='4'] + *)")) relation.before(breaking());
}
// What was folded had no width when it was set
addEventListener("toggle", (event) => event.target.querySelectorAll?.(".math:has(mjx-container)").forEach(breakable), true);

const mathjax = document.querySelector('link[rel="prefetch"][href*="mathjax/"]');
if (mathjax) requestAnimationFrame(() => setTimeout(setFormulas, 0, mathjax.href));

// What a link led to stays in its place while formulas above it are set, until the reader moves
let landing = true;
addEventListener("hashchange", () => (landing = true));
for (const type of ["wheel", "touchmove", "keydown", "pointerdown"])
  addEventListener(type, () => (landing = false), { passive: true });

function land() {
  const [name, state] = location.hash.slice(1).split(";").pop().split("?"); // a figure's link ends in its state
  const block = state === undefined ? "start" : "nearest";
  if (landing && name) document.getElementById(name)?.scrollIntoView({ block, behavior: "instant" });
}

// What is wider than its place scrolls sideways; from the keyboard too
function reachable() {
  for (const box of document.querySelectorAll(".text_html, [style*=overflow], div.math, div.math > mjx-container, pre, .pst-scrollable-table-container")) {
    const scrolls = ["auto", "scroll"].includes(getComputedStyle(box).overflowX);
    const wide = scrolls && box.scrollWidth > box.clientWidth; // even by a pixel: then it can be scrolled
    if (wide && !box.querySelector("a, button, input, [tabindex]")) box.tabIndex = 0;
    else if (box.tabIndex === 0) box.removeAttribute("tabindex");
  }
}
addEventListener("load", reachable);
addEventListener("resize", reachable);

// A copied formula is its TeX: the glyphs are drawn by styles, and a copy would leave them out
addEventListener("copy", (event) => {
  const selection = getSelection();
  if (!selection.rangeCount) return;
  const copied = document.createElement("div");
  copied.append(selection.getRangeAt(0).cloneContents());
  if (!copied.querySelector(".math")) return;
  for (const formula of copied.querySelectorAll(".math"))
    formula.textContent = formula.dataset.tex.replace(/^\\\(|\\\)$/g, "$").replace(/^\\\[|\\\]$/g, "$$$$");
  copied.querySelectorAll("script").forEach((script) => script.remove());
  copied.style.cssText = "position: fixed; top: 0; opacity: 0"; // only what is drawn has lines of text
  document.body.append(copied);
  event.clipboardData.setData("text/plain", copied.innerText);
  event.clipboardData.setData("text/html", copied.innerHTML);
  copied.remove();
  event.preventDefault();
});
