// Formulas are set when the book is built (book/_ext/gtt/formulas.py): the page only lets one reach and copy them.

// What is wider than its place scrolls sideways; from the keyboard too. Only near the screen is it known: to ask for the
// width of all would lay out all of the page, so this waits for the first Tab, which may lead far.
function reachable(boxes) {
  const asked = boxes.map((box) => {
    const scrolls = ["auto", "scroll"].includes(getComputedStyle(box).overflowX);
    const wide = scrolls && box.scrollWidth > box.clientWidth; // even by a pixel: then it can be scrolled
    return [box, wide && !box.querySelector("a:not(.headerlink), button, input, [tabindex]")];
  }); // all are measured before the first is changed: after a change a browser lays out anew
  for (const [box, needed] of asked)
    if (needed) box.tabIndex = 0;
    else if (box.tabIndex === 0) box.removeAttribute("tabindex");
}
const boxes = [...document.querySelectorAll(".text_html, [style*=overflow], div.math, pre, .pst-scrollable-table-container")];
const laidOut = new ResizeObserver((changes) => reachable(changes.map(({ target }) => target)));
const look = () => boxes.forEach((box) => (laidOut.unobserve(box), laidOut.observe(box)));
look();
addEventListener("load", look); // with the faces of its letters the same box may be too narrow
addEventListener("keydown", function all({ key }) {
  if (key !== "Tab") return;
  boxes.forEach((box) => box.scrollWidth); // the first answer of what was skipped so far can be that of no content
  reachable(boxes);
  removeEventListener("keydown", all);
});

// A copied formula is its TeX: of the signs alone, in one line, nobody could tell what was a fraction or an index
addEventListener("copy", (event) => {
  const selection = getSelection();
  if (!selection.rangeCount) return;
  const copied = document.createElement("div");
  copied.append(selection.getRangeAt(0).cloneContents());
  if (!copied.querySelector(".math")) return;
  for (const formula of copied.querySelectorAll(".math"))
    formula.textContent = ["", formula.dataset.tex, ""].join(formula.localName === "div" ? "$$" : "$");
  copied.querySelectorAll("script").forEach((script) => script.remove());
  copied.style.cssText = "position: fixed; top: 0; opacity: 0"; // only what is drawn has lines of text
  document.body.append(copied);
  event.clipboardData.setData("text/plain", copied.innerText);
  event.clipboardData.setData("text/html", copied.innerHTML);
  copied.remove();
  event.preventDefault();
});
