/**
 * Extracts the main text of a page as Markdown. Headings, lists, tables, links and code stay; navigation, forms and
 * other surroundings are removed. Tags, roles, and names of classes and ids (Readability's lists) tell the main part.
 * If next to nothing is left, the whole page is taken. Time is linear in the page. Cost: a page is in memory.
 */
import { MarkdownWriter } from './markdown-writer.ts';
import { type Attributes, scanMarkup } from './scan-markup.ts';

/** In characters. If the main text is shorter, it was probably misjudged (Readability has a similar bound). */
const leastMain = 250;

/** The text of a book's chapter. All of it is taken, because a chapter has no surroundings. */
export function chapterText(xhtml: string): string {
  return pageText(xhtml, false);
}

export function htmlText(html: string): string {
  const main = pageText(mainPart(html), true, kindOfPage(html));
  if (main.length >= leastMain) return withTitle(html, main);
  const whole = pageText(html, false);
  // The page may really be that short. Then keep the main text.
  return withTitle(html, whole.length > 2 * main.length ? whole : main);
}

/** The content of `<main>`, else of the only `<article>`, else the whole page. */
function mainPart(html: string): string {
  return between(html, 'main') ?? between(html, 'article') ?? html;
}

/** The text from the only begin tag to the last end tag; null if there is no begin tag, or several. */
function between(html: string, name: string): string | null {
  const begin = new RegExp(`<${name}[\\s>]`, 'gi');
  const first = begin.exec(html);
  if (first === null || begin.exec(html) !== null) return null;
  const last = html.lastIndexOf(`</${name}`);
  return html.slice(first.index, last > first.index ? last : undefined);
}

/** Adds the page's title as a heading to a text without headings. */
function withTitle(html: string, text: string): string {
  if (text === '' || /^#{1,6} /m.test(text)) return text;
  const title = /<title[^>]{0,1000}>([^<]{1,1000})/i.exec(html)?.[1];
  const heading = title === undefined ? '' : pageText(`<h1>${title}</h1>`, false);
  return heading === '' ? text : `${heading}\n\n${text}`;
}

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));

/** Elements whose text is never read, in any page. */
const unread = words(
  'head title script style noscript noembed noframes template iframe object embed svg canvas audio video button input select textarea dialog rp rt datalist',
);
const around = words('nav footer aside form menu');
const roles = words('navigation banner contentinfo search complementary menu menubar dialog alertdialog');

/** From @mozilla/readability (Apache-2.0): names of elements that are unlikely to belong to an article. */
const unlikely =
  /-ad-|ai2html|banner|breadcrumbs|combx|comment|community|cookie|cover-wrap|disqus|extra|footer|gdpr|header|legends|menu|related|remark|replies|rss|shoutbox|sidebar|skip-link|skip-to|skyscraper|social|sponsor|supplemental|ad-break|agegate|pagination|pager|popup|yom-remote/i;
const perhaps = /and|article|body|column|content|main|mathjax|shadow/i;
/** Elements that carry text, whose class and id are not evidence: `<span class="comment">`, `<h1 id="header">`. */
const carriers = words(
  'html body main article pre code span p em strong b i h1 h2 h3 h4 h5 h6 table thead tbody tr td th dl dt dd li blockquote',
);

function isSurrounding(name: string, attributes: Attributes): boolean {
  const role = attributes.get('role');
  if (around.has(name) || (role !== undefined && roles.has(role))) return true;
  if (attributes.has('hidden') || attributes.get('aria-hidden') === 'true') return true;
  if (name === 'a') return /\bskip/i.test(attributes.get('class') ?? '');
  if (carriers.has(name)) return false;
  const label = `${attributes.get('class') ?? ''} ${attributes.get('id') ?? ''}`.slice(0, 1000);
  return label.length > 1 && unlikely.test(label) && !perhaps.test(label);
}

const voids = words('area base br col embed hr img input link meta param source track wbr');
const blocks = words(
  'address article aside body caption center dd details dialog dir div dl dt fieldset figcaption figure footer form header hgroup html legend main menu nav noscript optgroup option p section summary',
);
const codes = words('code kbd samp tt');
const marks: Readonly<Record<string, string>> = {
  b: '**',
  strong: '**',
  em: '*',
  i: '*',
  del: '~~',
  s: '~~',
};
/**
 * For a begin tag: the open elements that it ends (they lack an end tag), and the elements at which the search stops.
 */
const impliedEnds: Readonly<Record<string, readonly [ReadonlySet<string>, ReadonlySet<string>]>> = {
  li: [words('li'), words('ul ol menu dir table')],
  dt: [words('dt dd'), words('dl table')],
  dd: [words('dt dd'), words('dl table')],
  tr: [words('tr td th'), words('table')],
  td: [words('td th'), words('table tr')],
  th: [words('td th'), words('table tr')],
  option: [words('option'), words('select')],
};
/** The depth of browsers' trees. Deeper elements are written as plain text. */
const mostOpen = 512;

/** Text of a link that exists only to be clicked, such as `#` or `¶` in a heading. */
const isSign = /^[\s#§¶🔗\u200b]*$/u;

interface OpenElement {
  readonly name: string;
  /** The element is left out, with everything in it. */
  readonly skipped: boolean;
  /** The element is a link within the page: only its text is written. */
  readonly inPage: boolean;
}

function pageText(html: string, onlyMain: boolean, kind = kindOfPage(html)): string {
  const writer = new MarkdownWriter();
  const open: OpenElement[] = [];

  const closeTo = (depth: number): void => {
    while (open.length > depth) {
      const { name, skipped } = open.pop()!;
      if (!skipped) leave(writer, name);
    }
  };
  /** Index of the innermost open element in `names`; the search stops at one in `beyond`. -1: there is none. */
  const innermost = (names: ReadonlySet<string>, beyond: ReadonlySet<string>): number => {
    for (let at = open.length - 1; at >= 0; at -= 1) {
      const { name } = open[at]!;
      if (names.has(name)) return at;
      if (beyond.has(name)) return -1;
    }
    return -1;
  };

  scanMarkup(html, kind, {
    open(name, attributes, empty) {
      if (
        open.at(-1)?.name === 'p' &&
        (blocks.has(name) || name in impliedEnds || /^(h[1-6]|ul|ol|pre|table|blockquote|hr)$/.test(name))
      )
        closeTo(open.length - 1);
      const implied = Object.hasOwn(impliedEnds, name) ? impliedEnds[name] : undefined;
      for (let at = implied ? innermost(...implied) : -1; at >= 0; at = innermost(...implied!)) closeTo(at);
      const skipped =
        open.at(-1)?.skipped === true || unread.has(name) || (onlyMain && isSurrounding(name, attributes));
      const isFull = open.length >= mostOpen;
      if (!skipped) {
        if (isFull && !voids.has(name)) writer.endBlock();
        else enter(writer, name, attributes);
      }
      if (isFull || voids.has(name)) return;
      const inPage = name === 'a' && /^(#|javascript:)/i.test(attributes.get('href') ?? '#');
      open.push({ name, skipped, inPage });
      if (empty) closeTo(open.length - 1);
    },
    close(name) {
      if (name === 'br') writer.lineBreak();
      let at = open.length - 1;
      while (at >= 0 && open[at]!.name !== name) at -= 1;
      if (at >= 0) closeTo(at);
    },
    text(text) {
      const inside = open.at(-1);
      if (inside?.skipped === true || (inside?.inPage === true && isSign.test(text))) return;
      writer.text(text);
    },
  });
  closeTo(0);
  return writer.end();
}

function kindOfPage(html: string): 'html' | 'xhtml' {
  const head = html.slice(0, 1000);
  return /^\s*<\?xml\s/.test(head) || head.includes('"http://www.w3.org/1999/xhtml"') ? 'xhtml' : 'html';
}

function enter(writer: MarkdownWriter, name: string, attributes: Attributes): void {
  if (blocks.has(name)) writer.endBlock();
  else if (Object.hasOwn(marks, name)) writer.mark(name, marks[name]!, marks[name]!);
  else if (codes.has(name)) {
    if (writer.inPre) writer.preLanguage(languageOf(attributes));
    else writer.beginCode();
  } else if (/^h[1-6]$/.test(name)) writer.heading(Number(name[1]));
  else if (name === 'a') beginLink(writer, attributes.get('href') ?? '#');
  else if (name === 'br') writer.lineBreak();
  else if (name === 'img') addImage(writer, attributes);
  else if (name === 'pre') writer.beginPre(languageOf(attributes));
  else if (name === 'ul' || name === 'ol') writer.beginList(name === 'ol', startOf(attributes));
  else if (name === 'li') writer.item();
  else if (name === 'blockquote') writer.beginQuote();
  else if (name === 'hr') writer.rule();
  else if (name === 'table') writer.beginTable();
  else if (name === 'tr') writer.row();
  else if (name === 'td' || name === 'th') writer.cell();
}

function leave(writer: MarkdownWriter, name: string): void {
  if (blocks.has(name) || /^h[1-6]$/.test(name) || name === 'li') writer.endBlock();
  else if (name === 'a' || Object.hasOwn(marks, name)) writer.endMark(name);
  else if (codes.has(name)) writer.endCode();
  else if (name === 'pre') writer.endPre();
  else if (name === 'ul' || name === 'ol') writer.endList();
  else if (name === 'blockquote') writer.endQuote();
  else if (name === 'table') writer.endTable();
}

function beginLink(writer: MarkdownWriter, href: string): void {
  const target = href.trim();
  if (target === '' || /^(#|javascript:|data:)/i.test(target)) return;
  writer.mark('a', '[', /[\s()]/.test(target) ? `](<${target}>)` : `](${target})`);
}

function addImage(writer: MarkdownWriter, attributes: Attributes): void {
  const source = attributes.get('src') ?? '';
  if (source !== '' && !/^data:/i.test(source)) writer.image(attributes.get('alt') ?? '', source);
}

function startOf(attributes: Attributes): number {
  const start = attributes.get('start') ?? '';
  return /^\d{1,9}$/.test(start) ? Number(start) : 1;
}

/** The language of code, from the usual classes: `language-js`, `lang-js`, `highlight-source-js`, `brush: js`. */
function languageOf(attributes: Attributes): string {
  const label = attributes.get('class') ?? '';
  return /(?:^|\s)(?:language-|lang-|highlight-source-|brush:\s*)([\w+#-]{1,30})/.exec(label)?.[1] ?? '';
}
