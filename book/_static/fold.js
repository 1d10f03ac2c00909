// A solution unfolds wherever its title is touched; upstream only the sign does, and else an error is all that comes.
// A link in the title goes where it leads.
addEventListener("click", (event) => {
  const title = event.target.closest?.(".toggle > .admonition-title");
  if (!title || event.target.closest("button")) return;
  event.stopPropagation();
  if (!event.target.closest("a")) title.querySelector("button").click();
}, { capture: true });
