// Beside a wide page its contents mark the section that is read. Bootstrap's ScrollSpy waits until a tenth of a section
// is in the upper part of the window, and of a section that is longer than ten such parts it never is.
{
  const UPPER = 0.4; // of the window: what has its heading there, or above, is read
  const links = [...document.querySelectorAll('#pst-page-toc-nav a[href^="#"]')], wide = matchMedia("(min-width: 1200px)");
  const tops = () => links.map(({ hash }) => document.getElementById(decodeURIComponent(hash.slice(1)))?.getBoundingClientRect().top);
  let waits = false;

  function mark() {
    waits = false;
    if (!wide.matches) return;
    const heights = tops(), left = document.documentElement.scrollHeight - innerHeight - scrollY;
    // at the end of the page, sections begin below that no scrolling brings up
    const ends = scrollY > 0 && left < 2, lowest = (ends ? 1 : UPPER) * innerHeight;
    const asked = links.findIndex(({ hash }, i) => hash === location.hash && heights[i] > -9 && heights[i] <= lowest);
    const now = links[asked >= 0 ? asked : heights.findLastIndex((top) => top <= lowest)];
    for (const link of links) link.classList.toggle("active", Boolean(now) && link.parentElement.contains(now)); // and those above it
  }
  const soon = () => { if (!waits) waits = Boolean(requestAnimationFrame(mark)); };
  if (links.length) for (const event of ["scroll", "resize", "hashchange"]) addEventListener(event, soon, { passive: true });
  if (links.length) soon();
}
