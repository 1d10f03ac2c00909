// Reads the answer to a chosen choice out; that it shows is CSS's doing.
addEventListener("change", (event) => {
  const choice = event.target.closest(".gtt-check .choice");
  if (!choice) return;
  const answer = choice.querySelector(".answer");
  choice.parentElement.querySelector(".said").textContent =
    (answer.classList.contains("right") ? "Right. " : "Not quite. ") + answer.textContent.trim();
});

// What is wider than the page scrolls sideways; from the keyboard too
function reachable() {
  for (const box of document.querySelectorAll(".text_html, [style*=overflow], div.math, mjx-container, pre, .pst-scrollable-table-container"))
    if (box.scrollWidth > box.clientWidth + 1 && !box.querySelector("a, button, input, [tabindex]")) box.tabIndex = 0;
}
addEventListener("load", reachable);
addEventListener("resize", reachable);

// Formulas are set once the page shows, and a few at a time: all at once would hold up a phone for seconds
async function setFormulas(address) {
  const script = Object.assign(document.createElement("script"), { src: address });
  await new Promise((resume) => document.head.appendChild(script).addEventListener("load", resume));
  await MathJax.startup.promise;
  const formulas = [...document.querySelectorAll(".math")];
  while (formulas.length) {
    await MathJax.typesetPromise(formulas.splice(0, 6));
    reachable();
    await new Promise((resume) => setTimeout(resume));
  }
}
const mathjax = document.querySelector('link[rel="prefetch"][href*="mathjax/"]');
if (mathjax) requestAnimationFrame(() => setTimeout(setFormulas, 0, mathjax.href));
