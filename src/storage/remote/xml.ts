/**
 * The few answers of object stores that are XML. They have only elements and text, without comments, CDATA or entity
 * declarations, so text never contains a bare `<`. Any other XML is refused.
 */
import { Passing } from './retry.ts';

/** @throws Passing */
export function plain(xml: string): string {
  if (/<!/.test(xml)) throw new Passing('an answer in XML that object stores do not use');
  return xml;
}

/** What is inside of the elements of a name; they are not nested in S3's answers. @throws Passing if one has no end */
export function elements(xml: string, name: string): string[] {
  const whole = new RegExp(`<${name}(?:\\s[^>]*)?>(.*?)</${name}>`, 'gs');
  const found = Array.from(xml.matchAll(whole), ([, inside]) => inside!);
  const begun = xml.match(new RegExp(`<${name}[\\s>]`, 'g'))?.length ?? 0;
  if (begun !== found.length) throw new Passing('an answer in XML that is not whole');
  return found;
}

/** Of the first element of a name; null: there is none. */
export function textOf(xml: string, name: string): string | null {
  const text = new RegExp(`<${name}(?:\\s[^>]*)?>([^<]*)</${name}>`).exec(xml)?.[1];
  if (text !== undefined) return unescaped(text);
  return new RegExp(`<${name}\\s*/>`).test(xml) ? '' : null;
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescaped(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, name) => {
    if (name !== undefined) return entities[name] ?? whole;
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

export function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
