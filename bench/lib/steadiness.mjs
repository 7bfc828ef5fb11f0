/** Is a tokenizer as fast on every length and kind of text? Rates are bytes per millisecond of processor time. */
import { characterEnd } from './corpus.mjs';

const largest = 100e6;
export const sizes = [1e4, 1e5, 1e6, 1e7, largest];
/** What else the machine does makes a turn slow, so a bad ratio is measured again. */
const mostTurns = 6;
/** From the issue: within 25 %, and a tenth of the first pass. */
const widestSpread = 1.25;
const leastShare = 0.1;

/** @returns a text, repeated until it has 100 MB, and where it is cut into documents of each size */
export function sizedTexts(all) {
  const copies = Array(Math.ceil(largest / all.length) + 1).fill(all);
  const whole = Buffer.concat(copies);
  const text = whole.subarray(0, characterEnd(whole, largest));
  const ends = sizes.map((size) => {
    const sized = [];
    for (let at = 0; at < text.length; sized.push(at)) at = characterEnd(text, at + size);
    return sized;
  });
  return { text, ends };
}

/** Sizes take turns, and each has its best turn: so what else the machine does falls on all of them alike. */
export function flatness(tokenizer, { text, ends }) {
  const rates = sizes.map(() => 0);
  const spread = () => Math.max(...rates) / Math.min(...rates);
  for (let turn = 0; turn < 2 || (turn < mostTurns && spread() > widestSpread); turn += 1) {
    for (const [i, sized] of ends.entries()) rates[i] = Math.max(rates[i], rateOf(tokenizer, text, sized));
  }
  return { rates, spread: spread() };
}

/**
 * A megabyte that was never seen, to a tokenizer that is at work; the best of some, each of its own.
 * @param {number} first its rate on the corpus, first pass
 * @returns {{ kind: string, share: number }[]} shares of `first`, the smallest first
 */
export function hostility(tokenizer, first) {
  const shares = Object.entries(hostileKinds).map(([kind, make]) => {
    let share = 0;
    for (let turn = 0; turn < 2 || (turn < mostTurns && share < 1.5 * leastShare); turn += 1) {
      const document = Buffer.from(make());
      share = Math.max(share, rateOf(tokenizer, document, [document.length]) / first);
      // Half a minute a turn: it will not get better.
      if (share < leastShare / 100) break;
    }
    return { kind, share };
  });
  return shares.sort((a, b) => a.share - b.share);
}

let seed = 1;
function random(n) {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return Math.floor(((seed >>> 8) / 2 ** 24) * n);
}
const bytes = (n, of = () => random(256)) => Buffer.from(Uint8Array.from({ length: n }, of));
const points = (n, of) => Array.from({ length: n }, () => String.fromCodePoint(of())).join('');

const hostileKinds = {
  'one letter': () => 'a'.repeat(1e6),
  'one capital': () => 'A'.repeat(1e6),
  base64: () => bytes(750_000).toString('base64'),
  hex: () => bytes(500_000).toString('hex'),
  'small letters': () => bytes(1e6, () => 97 + random(26)).toString(),
  letters: () => bytes(1e6, () => 65 + 32 * random(2) + random(26)).toString(),
  'two letters': () => bytes(1e6, () => 97 + random(2)).toString(),
  spaces: () => ' '.repeat(1e6),
  tabs: () => '\t'.repeat(1e6),
  newlines: () => '\n'.repeat(1e6),
  'CR LF': () => '\r\n'.repeat(500_000),
  'space, newline': () => ' \n'.repeat(500_000),
  'white space': () => bytes(1e6, () => 9 + random(5) + (random(2) && 23 - 9)).toString(),
  'letter, space': () => 'a '.repeat(500_000),
  'one digit': () => '7'.repeat(1e6),
  digits: () => bytes(1e6, () => 48 + random(10)).toString(),
  apostrophes: () => "'".repeat(1e6),
  slashes: () => '/'.repeat(1e6),
  punctuation: () => bytes(1e6, () => '!"#$%&\'()*+,-./:;<=>?'.charCodeAt(random(21))).toString(),
  'zero bytes': () => '\0'.repeat(1e6),
  ASCII: () => bytes(1e6, () => 32 + random(95)).toString(),
  'bytes, replaced': () => bytes(600_000).toString('utf8'),
  'one CJK character': () => '\u4e00'.repeat(333_000),
  CJK: () => points(333_000, () => 0x4e00 + random(8000)),
  kana: () => points(333_000, () => 0x3041 + random(80)),
  Hangul: () => points(333_000, () => 0xac00 + random(11_172)),
  Thai: () => points(333_000, () => 0xe01 + random(58)),
  Cyrillic: () => points(500_000, () => 0x410 + random(64)),
  'one emoji': () => '\u{1f44d}'.repeat(250_000),
  emoji: () => points(250_000, () => 0x1f300 + random(700)),
  'emoji, joined': () => '\u{1f468}\u200d'.repeat(143_000),
  'a letter and marks': () => `a${'\u0301'.repeat(500_000)}`,
  'marked letters': () => 'e\u0301\u0323'.repeat(200_000),
  'U+2581': () => '\u2581'.repeat(333_000),
  'U+FFFD': () => '\ufffd'.repeat(333_000),
  'any character': () => points(280_000, () => (random(0x10ffff) & ~0x800) % 0xd000),
};

function rateOf(tokenizer, text, ends) {
  const before = process.cpuUsage();
  tokenizer.encode(text, ends);
  const { user, system } = process.cpuUsage(before);
  return (1e3 * text.length) / (user + system);
}
