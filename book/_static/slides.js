// Slides present themselves: keys, buttons and the address (#5) lead through them, each step by step.
(() => {
  "use strict";
  const slides = [...document.querySelectorAll("main > section")], told = document.querySelector("nav output");
  const steps = (slide) => [...slide.querySelectorAll(".later")];
  let at = 0, step = 0; // the slide, and how many of its steps are told

  /** The state of a slide's figure; at its first, the figure is loaded. */
  function setFigure(slide, state) {
    const frame = slide.querySelector("iframe");
    if (!frame || !state) return;
    const address = `${frame.dataset.src}#${state}`;
    if (frame.getAttribute("src") !== address) frame.setAttribute("src", address);
  }
  function show() {
    const slide = slides[at], all = steps(slide);
    slides.forEach((other) => (other.hidden = other !== slide));
    all.forEach((part, k) => {
      part.classList.toggle("told", k < step);
      part.classList.toggle("now", k === step - 1);
    });
    const states = all.slice(0, step).map((part) => part.dataset.state).filter(Boolean);
    setFigure(slide, states.pop() ?? slide.querySelector("iframe")?.dataset.state);
    told.textContent = `${at + 1} of ${slides.length}`;
    if (location.hash !== `#${at + 1}`) history.replaceState(null, "", `#${at + 1}`);
  }
  function go(by) {
    const last = steps(slides[at]).length;
    if (step + by >= 0 && step + by <= last) step += by;
    else if (slides[at + by]) {
      at += by;
      step = by > 0 ? 0 : steps(slides[at]).length;
      slides[at].focus({ preventScroll: true });
    }
    show();
  }
  function jump(to) {
    at = Math.min(Math.max(to, 0), slides.length - 1);
    step = 0;
    show();
  }
  const read = () => jump((parseInt(location.hash.slice(1), 10) || 1) - 1);

  const keys = { ArrowRight: 1, ArrowDown: 1, PageDown: 1, " ": 1, ArrowLeft: -1, ArrowUp: -1, PageUp: -1 };
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || (event.key === " " && event.target.closest("button, a"))) return;
    if (event.key in keys) go(keys[event.key]);
    else if (event.key === "Home") jump(0);
    else if (event.key === "End") jump(slides.length - 1);
    else if (event.key === "f") document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen?.();
    else return;
    event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-go]"), link = event.target.closest('a.gtt-goto[href^="#"]');
    if (button) go(Number(button.dataset.go));
    if (!link) return;
    event.preventDefault();
    setFigure(slides[at], link.getAttribute("href").slice(1));
  });
  // A figure has the keys while the pointer is over it, or if Tab led there; else, as when a link sets it, they come back
  let over = false, tabbed = false;
  const back = () => {
    if (over || tabbed || document.activeElement?.tagName !== "IFRAME") return;
    document.activeElement.blur();
    window.focus();
  };
  for (const frame of document.querySelectorAll("iframe")) {
    frame.addEventListener("pointerenter", () => (over = true));
    frame.addEventListener("pointerleave", () => ((over = tabbed = false), back()));
  }
  addEventListener("keydown", (event) => (tabbed = event.key === "Tab"), true);
  addEventListener("blur", () => setTimeout(back));
  addEventListener("hashchange", read);
  document.documentElement.classList.add("presents");
  read();
})();
