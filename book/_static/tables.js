// A table of many columns is wider than a phone: there book.css shows each row as a list, in which each entry needs the
// name of its column. Elements that are no longer drawn as a table say by their role that they are one.
const RAISED = Object.fromEntries([..."⁰¹²³⁴⁵⁶⁷⁸⁹"].entries());
/** The words of a head: a style cannot show a formula, so its powers are signs of their own, and relations keep their room. */
function columnName(head) {
  const copy = head.cloneNode(true);
  for (const phantom of copy.querySelectorAll("mphantom")) phantom.remove();
  for (const power of copy.querySelectorAll("msup > :last-child")) power.textContent = power.textContent.replace(/\d/g, (digit) => RAISED[digit]);
  for (const sign of copy.querySelectorAll("mo")) sign.textContent = sign.textContent.replace(/^[=<>≤≥]$/, " $& ");
  return copy.textContent.trim();
}
for (const table of document.querySelectorAll(".bd-article table.table")) {
  const names = [...table.querySelectorAll("thead th")].map(columnName);
  if (names.length < 4) continue;
  table.classList.add("gtt-rows");
  const roles = { table: [table], rowgroup: table.querySelectorAll("thead, tbody"), row: table.rows,
    columnheader: table.querySelectorAll("th"), cell: table.querySelectorAll("td") };
  for (const [role, parts] of Object.entries(roles)) for (const part of parts) part.setAttribute("role", role);
  for (const cell of roles.cell) if (cell.textContent.trim()) cell.dataset.column = names[cell.cellIndex];
}
