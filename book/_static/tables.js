// A table of many columns is wider than a phone: there book.css shows each row as a list, in which each entry needs the
// name of its column. Elements that are no longer drawn as a table say by their role that they are one.
for (const table of document.querySelectorAll(".bd-article table.table")) {
  const names = [...table.querySelectorAll("thead th")].map((head) => head.textContent.trim());
  if (names.length < 4) continue;
  table.classList.add("gtt-rows");
  const roles = { table: [table], rowgroup: table.querySelectorAll("thead, tbody"), row: table.rows,
    columnheader: table.querySelectorAll("th"), cell: table.querySelectorAll("td") };
  for (const [role, parts] of Object.entries(roles)) for (const part of parts) part.setAttribute("role", role);
  for (const cell of roles.cell) if (cell.textContent.trim()) cell.dataset.column = names[cell.cellIndex];
}
