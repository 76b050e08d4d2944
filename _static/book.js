// Tables of class "sortable": a click on a heading sorts by that column; numbers by value, words by the reader's alphabet.
document.addEventListener("DOMContentLoaded", () => {
  for (const table of document.querySelectorAll("table.sortable")) {
    const body = table.tBodies[0];
    if (!body || body.rows.length < 2) continue;
    table.querySelectorAll("thead th").forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent || "row";
      button.title = "Sort by this column";
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const up = head.getAttribute("aria-sort") !== "ascending";
        const key = (row) => {
          const cell = row.cells[column];
          return cell.dataset.value !== undefined ? Number(cell.dataset.value) : cell.textContent.trim();
        };
        const order = (a, b) => {
          const [x, y] = [key(a), key(b)];
          if (x === "" || y === "") return (x === "") - (y === "");
          const sign = up ? 1 : -1;
          return sign * (typeof x === "number" && typeof y === "number" ? x - y : String(x).localeCompare(String(y), undefined, { numeric: true }));
        };
        body.replaceChildren(...[...body.rows].sort(order));
        table.querySelectorAll("thead th").forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", up ? "ascending" : "descending");
      });
    });
  }
});

// Boxes that scroll sideways must be reachable by keyboard, also those that a reader opens later. The theme looks once,
// when the page comes, and takes what is still folded away for too narrow to scroll.
(() => {
  const boxes = ".pst-scrollable-table-container, .output.text_html, div.math, mjx-container[display='true'], .cell_output pre, .highlight pre";
  const reach = () => {
    for (const box of document.querySelectorAll(boxes)) {
      if (box.scrollWidth > box.clientWidth && box.clientWidth > 0) box.setAttribute("tabindex", "0");
    }
  };
  const soon = () => requestAnimationFrame(reach);
  for (const moment of ["load", "resize", "click"]) window.addEventListener(moment, soon);
  document.addEventListener("toggle", soon, true);
})();
