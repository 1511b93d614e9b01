/** Makes tables sortable by clicks on column headings. Cells have their value in `data-value`. */
export function enableSorting(): void {
  for (const table of document.querySelectorAll<HTMLTableElement>('table.sortable')) {
    const body = table.tBodies[0];
    const headings = [...table.querySelectorAll('thead th')];
    for (const [column, heading] of headings.entries()) {
      heading.querySelector('button')?.addEventListener('click', () => {
        const descending = heading.getAttribute('aria-sort') !== 'descending';
        for (const other of headings) other.removeAttribute('aria-sort');
        heading.setAttribute('aria-sort', descending ? 'descending' : 'ascending');
        const rows = [...(body?.rows ?? [])].sort((a, b) => compare(cellValue(a, column), cellValue(b, column)));
        body?.append(...(descending ? rows.reverse() : rows));
      });
    }
  }
}

function cellValue(row: HTMLTableRowElement, column: number): string {
  const cell = row.cells[column];
  return cell?.dataset.value ?? cell?.textContent ?? '';
}

/** Compares numbers as numbers, everything else as text. */
function compare(a: string, b: string): number {
  const [first, second] = [Number(a), Number(b)];
  return Number.isNaN(first) || Number.isNaN(second) ? a.localeCompare(b, 'en') : first - second;
}
