/**
 * Writes a page's text as Markdown as it arrives: paragraphs, headings, lists, quotes, tables, links, emphasis and
 * code. Characters are not escaped: a model should read `snake_case` as people write it, and nothing turns it back into
 * HTML.
 */

import { tableText } from './markdown-table.ts';

/** The text being written: of the page, or of one table cell, which is put into its row when it ends. */
interface Flow {
  readonly blocks: string[];
  /** The current line, without a space at its end. */
  line: string;
  space: boolean;
  /** Whether the line ends in a line break. Looking at the line's end would copy the line each time. */
  broken: boolean;
  /** Opening marks to write before the next text. */
  marks: string;
  readonly open: Mark[];
  heading: number;
  quotes: number;
  /** Number of quotes around the last block. */
  lastQuotes: number;
  readonly lists: List[];
  /** Marker of a list item whose first line has not been written yet. */
  marker: string | null;
  /** Whether the last block was in a list: then the next item follows without a blank line. */
  inList: boolean;
}

interface Mark {
  readonly name: string;
  readonly begin: string;
  readonly end: string;
}

interface List {
  readonly ordered: boolean;
  next: number;
  indent: string;
}

interface Table {
  readonly rows: string[][];
  /** The table is for layout and does not hold data: it contains another table. */
  isLayout: boolean;
}

/** Deeper levels are written like these, because each level adds to the prefix of every line. */
const mostQuotes = 8;
const mostLists = 16;
const mostTables = 4;

export class MarkdownWriter {
  readonly #flows: Flow[] = [newFlow()];
  readonly #tables: Table[] = [];
  /** Number of open tables that are nested too deep, and are written as text. */
  #flatTables = 0;
  #code: string | null = null;
  #pre: { text: string; language: string } | null = null;

  get #flow(): Flow {
    return this.#flows.at(-1)!;
  }

  get inPre(): boolean {
    return this.#pre !== null;
  }

  text(text: string): void {
    if (this.#pre !== null) this.#pre.text += text;
    else if (this.#code !== null) this.#code += text;
    else {
      const plain = text.replace(/[ \t\n\r\f\v]+/g, ' ');
      const flow = this.#flow;
      if (plain.startsWith(' ')) flow.space = true;
      const body = plain.slice(plain.startsWith(' ') ? 1 : 0, plain.endsWith(' ') ? -1 : undefined);
      if (body !== '') this.#write(body);
      if (plain.endsWith(' ')) flow.space = true;
    }
  }

  lineBreak(): void {
    if (this.#pre !== null) this.#pre.text += '\n';
    else if (this.#flow.line !== '') {
      this.#flow.line += this.#flow.heading > 0 ? ' ' : '\n';
      this.#flow.space = false;
      this.#flow.broken = true;
    }
  }

  /** Puts marks (of bold text or a link, for example) around the text that is written until `endMark`. */
  mark(name: string, begin: string, end: string): void {
    if (this.#pre !== null || this.#code !== null) return;
    this.#flow.open.push({ name, begin, end });
    this.#flow.marks += begin;
  }

  endMark(name: string): void {
    const { open } = this.#flow;
    // Close the inner marks first.
    for (let at = open.length - 1; at >= 0; at -= 1) {
      if (open[at]!.name !== name) continue;
      while (open.length > at) this.#closeMark();
      return;
    }
  }

  beginCode(): void {
    if (this.#pre === null) this.#code ??= '';
  }

  endCode(): void {
    const code = this.#code?.replace(/\s+/g, ' ').trim() ?? '';
    this.#code = null;
    if (code === '') return;
    const fence = '`'.repeat(longestRun(code) + 1);
    this.#write(code.includes('`') ? `${fence} ${code} ${fence}` : `${fence}${code}${fence}`);
  }

  beginPre(language: string): void {
    this.endBlock();
    this.#pre ??= { text: '', language };
  }

  preLanguage(language: string): void {
    if (this.#pre !== null && this.#pre.text.trim() === '' && language !== '') this.#pre.language = language;
  }

  endPre(): void {
    if (this.#pre === null) return;
    const { text, language } = this.#pre;
    this.#pre = null;
    const code = text.replaceAll('\r\n', '\n').replace(/^\n/, '').trimEnd();
    if (code === '') return;
    const fence = '`'.repeat(Math.max(3, longestRun(code) + 1));
    this.#block(`${fence}${language}\n${code}\n${fence}`);
  }

  rule(): void {
    this.endBlock();
    this.#block('---');
  }

  image(alt: string, source: string): void {
    const label = alt.replace(/\s+/g, ' ').trim();
    if (label !== '' && this.#pre === null) this.#write(`![${label}](${source})`);
  }

  heading(level: number): void {
    this.endBlock();
    this.#flow.heading = level;
  }

  beginQuote(): void {
    this.endBlock();
    this.#flow.quotes += 1;
  }

  endQuote(): void {
    this.endBlock();
    this.#flow.quotes = Math.max(0, this.#flow.quotes - 1);
  }

  beginList(ordered: boolean, start: number): void {
    this.endBlock();
    this.#flow.lists.push({ ordered, next: start, indent: '' });
  }

  endList(): void {
    this.endBlock();
    const flow = this.#flow;
    flow.lists.pop();
    flow.marker = null;
    flow.inList = flow.lists.length > 0;
  }

  item(): void {
    this.endBlock();
    const list = this.#flow.lists.at(-1);
    if (list === undefined) return;
    const marker = list.ordered ? `${list.next}. ` : '- ';
    list.next += 1;
    list.indent = ' '.repeat(marker.length);
    this.#flow.marker = marker;
  }

  beginTable(): void {
    if (this.#tables.length === mostTables) {
      this.#flatTables += 1;
      this.endBlock();
      return;
    }
    this.endBlock();
    for (const table of this.#tables) table.isLayout = true;
    this.#tables.push({ rows: [], isLayout: false });
    this.#flows.push(newFlow());
  }

  row(): void {
    this.endBlock();
    if (this.#flatTables > 0) return;
    this.#endCell();
    this.#tables.at(-1)?.rows.push([]);
  }

  cell(): void {
    this.endBlock();
    if (this.#flatTables > 0) return;
    this.#endCell();
    const table = this.#tables.at(-1);
    if (table?.rows.length === 0) table.rows.push([]);
  }

  /** Ends a cell. Text outside the cells becomes a cell of its own (a caption), or part of the cell before it. */
  #endCell(): void {
    const table = this.#tables.at(-1);
    if (table === undefined) return;
    const text = this.#takeFlow();
    const row = table.rows.at(-1);
    if (row !== undefined) row.push(text);
    else if (text !== '') table.rows.push([text]);
  }

  endTable(): void {
    this.endBlock();
    if (this.#flatTables > 0) {
      this.#flatTables -= 1;
      return;
    }
    if (this.#tables.length === 0) return;
    this.#endCell();
    const { rows, isLayout } = this.#tables.pop()!;
    this.#flows.pop();
    // A cell ends where the next begins, so each row starts with the text before its first cell, which is mostly empty.
    const cells = rows
      .map((row) => row.slice(row.length > 1 && row[0] === '' ? 1 : 0))
      .filter((row) => row.some((cell) => cell !== ''));
    const columns = Math.max(0, ...cells.map((row) => row.length));
    if (isLayout || columns < 2 || cells.length < 2 || cells.flat().some((cell) => cell.includes('\n\n')))
      for (const cell of cells.flat()) this.#block(cell);
    else this.#block(tableText(cells, columns));
  }

  /** Ends the current paragraph, heading or list item's line. */
  endBlock(): void {
    if (this.#code !== null) this.endCode();
    const flow = this.#flow;
    const { heading } = flow;
    if (flow.line === '') {
      // Keep the marks: a link around blocks begins with the next text.
      flow.space = false;
      return;
    }
    while (flow.open.length > 0) this.#closeMark();
    const line = flow.line.replace(/[ \t]+$/gm, '').trim();
    flow.line = '';
    flow.marks = '';
    flow.space = false;
    flow.heading = 0;
    this.#block(heading > 0 ? `${'#'.repeat(heading)} ${line}` : line);
  }

  end(): string {
    this.endPre();
    while (this.#tables.length > 0) this.endTable();
    this.endBlock();
    return this.#takeFlow();
  }

  #takeFlow(): string {
    this.endBlock();
    const { blocks } = this.#flow;
    const text = blocks.join('');
    this.#flows[this.#flows.length - 1] = newFlow();
    return text;
  }

  #write(text: string): void {
    const flow = this.#flow;
    if (flow.space && flow.line !== '' && !flow.broken) flow.line += ' ';
    flow.space = false;
    flow.broken = false;
    flow.line += flow.marks + text;
    flow.marks = '';
  }

  #closeMark(): void {
    const flow = this.#flow;
    const { begin, end } = flow.open.pop()!;
    if (flow.marks.endsWith(begin)) flow.marks = flow.marks.slice(0, -begin.length);
    else flow.line += end;
  }

  #block(text: string): void {
    if (text === '') return;
    const flow = this.#flow;
    const quotes = Math.min(flow.quotes, mostQuotes);
    const quote = '> '.repeat(quotes);
    const lists = flow.lists.slice(0, mostLists);
    const { marker } = flow;
    const outer = marker === null ? lists : lists.slice(0, -1);
    const indent = outer.map((list) => list.indent).join('');
    const first = quote + indent + (marker ?? '');
    const next = quote + indent + ' '.repeat(marker?.length ?? 0);
    const between = '> '.repeat(Math.min(quotes, flow.lastQuotes)).trimEnd();
    if (flow.blocks.length > 0) flow.blocks.push(marker !== null && flow.inList ? '\n' : `\n${between}\n`);
    flow.blocks.push(
      first +
        text.replace(/\n(?=([^\n]?))/g, (_, then: string) =>
          then === '' ? `\n${quote.trimEnd()}` : `\n${next}`,
        ),
    );
    flow.marker = null;
    flow.lastQuotes = quotes;
    flow.inList = lists.length > 0;
  }
}

function newFlow(): Flow {
  return {
    blocks: [],
    line: '',
    space: false,
    broken: false,
    marks: '',
    open: [],
    heading: 0,
    quotes: 0,
    lastQuotes: 0,
    lists: [],
    marker: null,
    inList: false,
  };
}

function longestRun(text: string): number {
  let longest = 0;
  for (const run of text.match(/`+/g) ?? []) longest = Math.max(longest, run.length);
  return longest;
}
