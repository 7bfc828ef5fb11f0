/**
 * Splits markup into begin tags, end tags and text, by htmlparser2's tokenizer. htmlparser2's parser is not used: it
 * adds open elements at the front of an array, so deep nesting costs the square of the depth. Here the handler tracks
 * the open elements. Time is linear in the markup, and every input is accepted.
 */
import { Tokenizer } from 'htmlparser2';

export type Attributes = ReadonlyMap<string, string>;

export interface MarkupHandler {
  /** `empty`: the tag is written `<name/>`. */
  open(name: string, attributes: Attributes, empty: boolean): void;
  close(name: string): void;
  /** Entities are decoded. One text may come in several calls. */
  text(text: string): void;
}

/**
 * `html`: names are in lower case, and `<p/>` begins a paragraph. `xhtml`: the same, but `<p/>` is empty (otherwise
 * everything after `<title/>` would be its text). `xml`: names are as written, and CDATA is text.
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
        // If an attribute is repeated, the first one counts.
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
