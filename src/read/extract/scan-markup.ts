/**
 * Markup -> begin tags, end tags and text, by htmlparser2's tokenizer. Its parser, one level up, keeps the open elements in
 * an array that it fills from the front, so that deep nesting costs the square of the depth; what is open is for the
 * handler to know here. Time is linear in the markup, and no input is an error.
 */
import { Tokenizer } from 'htmlparser2';

export type Attributes = ReadonlyMap<string, string>;

export interface MarkupHandler {
  /** `empty`: written `<name/>`. */
  open(name: string, attributes: Attributes, empty: boolean): void;
  close(name: string): void;
  /** Entities are decoded. A stretch of text may come in several calls. */
  text(text: string): void;
}

/**
 * `html`: names in lower case, and `<p/>` begins a paragraph. `xhtml`: the same, but `<p/>` is empty (`<title/>` would
 * otherwise have all that follows for its text). `xml`: names as written, CDATA is text.
 */
export type MarkupKind = 'html' | 'xhtml' | 'xml';

export function scanMarkup(markup: string, kind: MarkupKind, handler: MarkupHandler): void {
  const xmlMode = kind === 'xml';
  const nameOf = (start: number, end: number): string => {
    const name = markup.slice(start, end);
    return xmlMode ? name : name.toLowerCase();
  };
  let tag = '';
  let attribute = '';
  let value = '';
  let attributes = new Map<string, string>();
  const begin = (empty: boolean): void => handler.open(tag, attributes, empty);
  const tokenizer = new Tokenizer(
    { xmlMode, decodeEntities: true, recognizeSelfClosing: kind !== 'html' },
    {
      onopentagname(start, end) {
        tag = nameOf(start, end);
        attributes = new Map();
      },
      onattribname(start, end) {
        attribute = nameOf(start, end);
        value = '';
      },
      onattribdata(start, end) {
        value += markup.slice(start, end);
      },
      onattribentity(point) {
        value += String.fromCodePoint(point);
      },
      onattribend() {
        // Of several with one name the first counts.
        if (!attributes.has(attribute)) attributes.set(attribute, value);
      },
      onopentagend: () => begin(false),
      onselfclosingtag: () => begin(true),
      onclosetag: (start, end) => handler.close(nameOf(start, end)),
      ontext: (start, end) => handler.text(markup.slice(start, end)),
      ontextentity: (point) => handler.text(String.fromCodePoint(point)),
      oncdata(start, end, offset) {
        if (xmlMode) handler.text(markup.slice(start, end - offset));
      },
      oncomment() {},
      ondeclaration() {},
      onprocessinginstruction() {},
      onend() {},
    },
  );
  tokenizer.write(markup);
  tokenizer.end();
}
