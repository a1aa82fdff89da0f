/** The space between two columns. */
const GAP = "  ";

/** The least width of a column that is made narrower. */
const NARROWEST = 8;

/**
 * A table with a heading for each column. Columns are as wide as their longest cell. If the table is wider than the limit, the widest columns are cut, and `…` says so.
 *
 * @param width the most characters of a line
 */
export function textTable(headings: readonly string[], rows: readonly (readonly string[])[], width = 100): string[] {
  const lines = [headings, ...rows];
  const widths = headings.map((_, column) => Math.max(...lines.map((cells) => cells[column]?.length ?? 0)));
  const total = () => widths.reduce((sum, one) => sum + one, 0) + GAP.length * (widths.length - 1);
  while (total() > width && Math.max(...widths) > NARROWEST) {
    const widest = widths.indexOf(Math.max(...widths));
    widths[widest] = Math.max(NARROWEST, (widths[widest] ?? 0) - (total() - width > 8 ? 8 : 1));
  }
  return lines.map((cells) =>
    widths
      .map((size, column) => cut(cells[column] ?? "", size).padEnd(size))
      .join(GAP)
      .trimEnd(),
  );
}

function cut(cell: string, size: number): string {
  return cell.length <= size ? cell : `${cell.slice(0, size - 1)}…`;
}
