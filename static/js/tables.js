/* On a narrow screen a table of four columns or more is read as cards, one a row (devices.css): each cell then says
   which column it is of. Roles are named because a table that is drawn otherwise loses them in some browsers. */
(function () {
  "use strict";

  const LISTS = "table.npcs-table:not(.npcs-table--cards):has(tbody > tr > th[scope='row']):has(thead th:nth-child(4))";
  const KEPT_WHOLE = ".npcs-table--sheet, .npcs-mapping";
  const ROLES = { table: "table", thead: "rowgroup", tbody: "rowgroup", tr: "row", td: "cell" };

  function prepare(within) {
    for (const table of within.querySelectorAll(LISTS)) {
      if (!table.matches(KEPT_WHOLE)) makeCards(table);
    }
  }

  function makeCards(table) {
    const labels = [...table.querySelectorAll("thead th")].map(words);
    for (const row of table.tBodies[0].rows) {
      [...row.cells].forEach((cell, column) => (cell.dataset.label = labels[column] || ""));
    }
    for (const part of [table, ...table.querySelectorAll("thead, tbody, tr, td")]) part.setAttribute("role", ROLES[part.localName]);
    for (const head of table.querySelectorAll("th")) head.setAttribute("role", head.scope === "row" ? "rowheader" : "columnheader");
    table.classList.add("npcs-table--cards");
  }

  function words(head) {
    const copy = head.cloneNode(true);
    copy.querySelectorAll("[aria-hidden='true']").forEach((sign) => sign.remove());
    return copy.textContent.trim();
  }

  document.addEventListener("DOMContentLoaded", () => prepare(document));
  document.addEventListener("htmx:after:swap", () => prepare(document));
})();
