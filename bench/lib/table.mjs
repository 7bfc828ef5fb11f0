/** How the benchmarks print. */

/** Megabytes a second. */
export function rate(bytes, milliseconds) {
  return (bytes / 1e3 / milliseconds).toFixed(1);
}

/** @param {string[]} left heads of columns that are set left, beside the first */
export function table(head, rows, left = ['engine']) {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column].length)));
  for (const row of [head, ...rows]) {
    const cells = row.map((cell, i) =>
      i === 0 || left.includes(head[i]) ? cell.padEnd(widths[i]) : cell.padStart(widths[i]),
    );
    console.log(`  ${cells.join('  ').trimEnd()}`);
  }
  console.log();
}
