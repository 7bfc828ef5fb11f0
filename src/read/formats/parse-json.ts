/**
 * Parses JSON as JSON.parse does, but also accepts NaN and Infinity, which Python writes and reads. They become null.
 * `parseWithDigits` is for ids: it keeps all digits of a number, which a double may not.
 */

/** Returns a SyntaxError instead of throwing it, because a record that is not JSON is counted and skipped. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!/NaN|Infinity/.test(text)) return error;
    try {
      return JSON.parse(outsideStrings(text, (part) => part.replace(notFinite, 'null')));
    } catch {
      return error;
    }
  }
}

/** Returns the same value, but each number as a string, exactly as written. */
export function parseWithDigits(text: string): unknown {
  const quoted = (part: string) => part.replace(notFinite, 'null').replace(number, '"$&"');
  return parseJson(outsideStrings(text, quoted));
}

const notFinite = /(?<![\w.+-])(?:NaN|-?Infinity)(?![\w.])/g;
const number = /-?\d[\d.eE+-]*/g;

function outsideStrings(text: string, change: (part: string) => string): string {
  const parts: string[] = [];
  for (let at = 0; at < text.length; ) {
    const open = text.indexOf('"', at);
    parts.push(change(text.slice(at, open < 0 ? text.length : open)));
    if (open < 0) break;
    at = stringEnd(text, open);
    parts.push(text.slice(open, at));
  }
  return parts.join('');
}

/** One past the quote that closes the string that begins at `open`. */
function stringEnd(text: string, open: number): number {
  for (let close = text.indexOf('"', open + 1); close >= 0; close = text.indexOf('"', close + 1)) {
    let before = close;
    while (text[before - 1] === '\\') before -= 1;
    if ((close - before) % 2 === 0) return close + 1;
  }
  return text.length;
}
