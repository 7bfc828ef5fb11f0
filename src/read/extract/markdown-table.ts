/** Writes the rows of a table as Markdown, in GitHub's form. The first row is the head. */
export function tableText(rows: readonly (readonly string[])[], columns: number): string {
  const lineOf = (cells: readonly string[]): string => {
    const all = Array.from({ length: columns }, (_, i) =>
      (cells[i] ?? '').replaceAll('|', '\\|').replaceAll('\n', ' '),
    );
    return `| ${all.join(' | ')} |`;
  };
  const [head, ...body] = rows;
  return [lineOf(head!), lineOf(Array.from({ length: columns }, () => '---')), ...body.map(lineOf)].join(
    '\n',
  );
}
