/**
 * The text of a page as it goes along -> Markdown: paragraphs, headings, lists, quotes, tables, links, emphasis and code.
 * Characters are not escaped: a model should read `snake_case` as people write it, and nothing turns it back into HTML.
 */
/** Deeper ones are written as these: every level is written in front of every line. */
const mostQuotes = 8;
const mostLists = 16;
const mostTables = 4;
export class MarkdownWriter {
    #flows = [newFlow()];
    #tables = [];
    /** Tables that are inside too many. */
    #flatTables = 0;
    #code = null;
    #pre = null;
    get #flow() {
        return this.#flows.at(-1);
    }
    get inPre() {
        return this.#pre !== null;
    }
    text(text) {
        if (this.#pre !== null)
            this.#pre.text += text;
        else if (this.#code !== null)
            this.#code += text;
        else {
            const plain = text.replace(/[ \t\n\r\f\v]+/g, ' ');
            const flow = this.#flow;
            if (plain.startsWith(' '))
                flow.space = true;
            const body = plain.slice(plain.startsWith(' ') ? 1 : 0, plain.endsWith(' ') ? -1 : undefined);
            if (body !== '')
                this.#write(body);
            if (plain.endsWith(' '))
                flow.space = true;
        }
    }
    lineBreak() {
        if (this.#pre !== null)
            this.#pre.text += '\n';
        else if (this.#flow.line !== '') {
            this.#flow.line += this.#flow.heading > 0 ? ' ' : '\n';
            this.#flow.space = false;
        }
    }
    /** Bold, a link: marks around what is written until `endMark`. */
    mark(name, begin, end) {
        if (this.#pre !== null || this.#code !== null)
            return;
        this.#flow.open.push({ name, begin, end });
        this.#flow.marks += begin;
    }
    endMark(name) {
        const { open } = this.#flow;
        // Marks are closed from the inside.
        for (let at = open.length - 1; at >= 0; at -= 1) {
            if (open[at].name !== name)
                continue;
            while (open.length > at)
                this.#closeMark();
            return;
        }
    }
    beginCode() {
        if (this.#pre === null)
            this.#code ??= '';
    }
    endCode() {
        const code = this.#code?.replace(/\s+/g, ' ').trim() ?? '';
        this.#code = null;
        if (code === '')
            return;
        const fence = '`'.repeat(longestRun(code) + 1);
        this.#write(code.includes('`') ? `${fence} ${code} ${fence}` : `${fence}${code}${fence}`);
    }
    beginPre(language) {
        this.endBlock();
        this.#pre ??= { text: '', language };
    }
    preLanguage(language) {
        if (this.#pre !== null && this.#pre.text.trim() === '' && language !== '')
            this.#pre.language = language;
    }
    endPre() {
        if (this.#pre === null)
            return;
        const { text, language } = this.#pre;
        this.#pre = null;
        const code = text.replaceAll('\r\n', '\n').replace(/^\n/, '').trimEnd();
        if (code === '')
            return;
        const fence = '`'.repeat(Math.max(3, longestRun(code) + 1));
        this.#block(`${fence}${language}\n${code}\n${fence}`);
    }
    rule() {
        this.endBlock();
        this.#block('---');
    }
    image(alt, source) {
        const label = alt.replace(/\s+/g, ' ').trim();
        if (label !== '' && this.#pre === null)
            this.#write(`![${label}](${source})`);
    }
    heading(level) {
        this.endBlock();
        this.#flow.heading = level;
    }
    beginQuote() {
        this.endBlock();
        this.#flow.quotes += 1;
    }
    endQuote() {
        this.endBlock();
        this.#flow.quotes = Math.max(0, this.#flow.quotes - 1);
    }
    beginList(ordered, start) {
        this.endBlock();
        this.#flow.lists.push({ ordered, next: start, indent: '' });
    }
    endList() {
        this.endBlock();
        const flow = this.#flow;
        flow.lists.pop();
        flow.marker = null;
        flow.inList = flow.lists.length > 0;
    }
    item() {
        this.endBlock();
        const list = this.#flow.lists.at(-1);
        if (list === undefined)
            return;
        const marker = list.ordered ? `${list.next}. ` : '- ';
        list.next += 1;
        list.indent = ' '.repeat(marker.length);
        this.#flow.marker = marker;
    }
    beginTable() {
        if (this.#tables.length === mostTables) {
            this.#flatTables += 1;
            this.endBlock();
            return;
        }
        this.endBlock();
        for (const table of this.#tables)
            table.isLayout = true;
        this.#tables.push({ rows: [], isLayout: false });
        this.#flows.push(newFlow());
    }
    row() {
        this.endBlock();
        if (this.#flatTables > 0)
            return;
        this.#endCell();
        this.#tables.at(-1)?.rows.push([]);
    }
    cell() {
        this.endBlock();
        if (this.#flatTables > 0)
            return;
        this.#endCell();
        const table = this.#tables.at(-1);
        if (table?.rows.length === 0)
            table.rows.push([]);
    }
    /** Text that is in a table and in no cell (a caption) is of the cell after it. */
    #endCell() {
        const table = this.#tables.at(-1);
        if (table === undefined)
            return;
        const text = this.#takeFlow();
        const row = table.rows.at(-1);
        if (row !== undefined)
            row.push(text);
        else if (text !== '')
            table.rows.push([text]);
    }
    endTable() {
        this.endBlock();
        if (this.#flatTables > 0) {
            this.#flatTables -= 1;
            return;
        }
        if (this.#tables.length === 0)
            return;
        this.#endCell();
        const { rows, isLayout } = this.#tables.pop();
        this.#flows.pop();
        // A cell ends where the next begins, so each row begins with what stood before its first one.
        const cells = rows
            .map((row) => row.slice(row.length > 1 && row[0] === '' ? 1 : 0))
            .filter((row) => row.some((cell) => cell !== ''));
        const columns = Math.max(0, ...cells.map((row) => row.length));
        if (isLayout || columns < 2 || cells.length < 2 || cells.flat().some((cell) => cell.includes('\n\n')))
            for (const cell of cells.flat())
                this.#block(cell);
        else
            this.#block(tableText(cells, columns));
    }
    /** Ends the paragraph, the heading, the item's line. */
    endBlock() {
        if (this.#code !== null)
            this.endCode();
        const flow = this.#flow;
        const { heading } = flow;
        if (flow.line === '') {
            // Links around blocks: the mark is for the text that comes.
            flow.space = false;
            return;
        }
        while (flow.open.length > 0)
            this.#closeMark();
        const line = flow.line.replace(/[ \t]+$/gm, '').trim();
        flow.line = '';
        flow.marks = '';
        flow.space = false;
        flow.heading = 0;
        this.#block(heading > 0 ? `${'#'.repeat(heading)} ${line}` : line);
    }
    end() {
        this.endPre();
        while (this.#tables.length > 0)
            this.endTable();
        this.endBlock();
        return this.#takeFlow();
    }
    #takeFlow() {
        this.endBlock();
        const { blocks } = this.#flow;
        const text = blocks.join('');
        this.#flows[this.#flows.length - 1] = newFlow();
        return text;
    }
    #write(text) {
        const flow = this.#flow;
        if (flow.space && flow.line !== '' && !flow.line.endsWith('\n'))
            flow.line += ' ';
        flow.space = false;
        flow.line += flow.marks + text;
        flow.marks = '';
    }
    #closeMark() {
        const flow = this.#flow;
        const { begin, end } = flow.open.pop();
        if (flow.marks.endsWith(begin))
            flow.marks = flow.marks.slice(0, -begin.length);
        else
            flow.line += end;
    }
    #block(text) {
        if (text === '')
            return;
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
        if (flow.blocks.length > 0)
            flow.blocks.push(marker !== null && flow.inList ? '\n' : `\n${between}\n`);
        flow.blocks.push(first +
            text.replace(/\n(?=([^\n]?))/g, (_, then) => then === '' ? `\n${quote.trimEnd()}` : `\n${next}`));
        flow.marker = null;
        flow.lastQuotes = quotes;
        flow.inList = lists.length > 0;
    }
}
function newFlow() {
    return {
        blocks: [],
        line: '',
        space: false,
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
/** GitHub's form; the first row is the head. */
function tableText(rows, columns) {
    const lineOf = (cells) => {
        const all = Array.from({ length: columns }, (_, i) => (cells[i] ?? '').replaceAll('|', '\\|').replaceAll('\n', ' '));
        return `| ${all.join(' | ')} |`;
    };
    const [head, ...body] = rows;
    return [lineOf(head), lineOf(Array.from({ length: columns }, () => '---')), ...body.map(lineOf)].join('\n');
}
function longestRun(text) {
    let longest = 0;
    for (const run of text.match(/`+/g) ?? [])
        longest = Math.max(longest, run.length);
    return longest;
}
