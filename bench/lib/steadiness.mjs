/** Is a tokenizer as fast on every length and kind of text? */
import { characterEnd } from './corpus.mjs';
import { rate, table } from './table.mjs';

/**
 * Sizes take turns, and each has its best turn: so what else the machine does falls on all of them alike.
 * @param {Map<string, object>} tokenizers by name
 * @param {Buffer} all a text, which is repeated until it has 100 MB
 */
export function flatness(tokenizers, all) {
  const names = [...tokenizers.keys()];
  let text = all;
  while (text.length < 100e6) text = Buffer.concat([text, all]);
  text = text.subarray(0, characterEnd(text, 100e6));
  const sizes = [1e3, 1e4, 1e5, 1e6, 1e7, 1e8];
  const ends = sizes.map((size) => {
    const sized = [];
    for (let at = 0; at < text.length; sized.push(at)) at = characterEnd(text, at + size);
    return sized;
  });
  const times = names.map((name) => {
    const fastest = sizes.map(() => Number.POSITIVE_INFINITY);
    for (let turn = 0; turn < 6; turn += 1) {
      for (let i = 0; i < sizes.length; i += 1)
        fastest[i] = Math.min(fastest[i], once(tokenizers.get(name), text, ends[i]));
    }
    return fastest;
  });
  console.log('longmix, MB/s, warm: 100 MB in documents of');
  const lines = sizes.map((size, i) => [
    `${size / 1e3} KB`,
    ...times.map((own) => rate(text.length, own[i])),
  ]);
  const spread = times.map((own) => (Math.max(...own.slice(1)) / Math.min(...own.slice(1))).toFixed(2));
  table(['', ...names], [...lines, ['fastest / slowest from 10 KB on', ...spread]]);
}

/**
 * A megabyte that was never seen, to a tokenizer that is at work; the best of some, each of its own.
 * @param {Map<string, object>} tokenizers by name
 * @param {Map<string, { first: number, warm: number }>} normal their rates on the corpus, in bytes a millisecond
 */
export function hostility(tokenizers, normal) {
  const names = [...tokenizers.keys()];
  let seed = 1;
  const random = (n) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor(((seed >>> 8) / 2 ** 24) * n);
  };
  const bytes = (n, of = () => random(256)) => Buffer.from(Uint8Array.from({ length: n }, of));
  const kinds = {
    'one letter': () => 'a'.repeat(1e6),
    base64: () => bytes(750_000).toString('base64'),
    'random small letters': () => bytes(1e6, () => 97 + random(26)).toString(),
    'random letters': () => bytes(1e6, () => 65 + 32 * random(2) + random(26)).toString(),
    spaces: () => ' '.repeat(1e6),
    newlines: () => '\n'.repeat(1e6),
    'space, newline': () => ' \n'.repeat(500_000),
    digits: () => '7'.repeat(1e6),
    apostrophes: () => "'".repeat(1e6),
    'one emoji': () => '\u{1f44d}'.repeat(250_000),
    'random bytes, replaced': () => bytes(600_000).toString('utf8'),
    'random ASCII': () => bytes(1e6, () => 32 + random(95)).toString(),
    'random CJK': () =>
      Array.from({ length: 333_000 }, () => String.fromCharCode(0x4e00 + random(8000))).join(''),
  };
  const rates = Object.entries(kinds).map(([kind, make]) => {
    const fastest = names.map(() => 0);
    for (let turn = 0; turn < 5; turn += 1) {
      for (const [i, name] of names.entries()) {
        const document = Buffer.from(make());
        fastest[i] = Math.max(
          fastest[i],
          document.length / once(tokenizers.get(name), document, [document.length]),
        );
      }
    }
    return [kind, ...fastest];
  });
  const part = (pass) => (value, i) => (value / normal.get(names[i])[pass]).toFixed(2);
  const lines = (of) => rates.map(([kind, ...values]) => [kind, ...values.map(of)]);
  console.log('longmix, MB/s: a megabyte, never seen before, one document, of');
  table(
    ['', ...names],
    lines((value) => (value / 1e3).toFixed(1)),
  );
  console.log('the same, as a part of the corpus on its first pass');
  table(['', ...names], lines(part('first')));
  console.log('and of the corpus once it is warm, which random text never is');
  table(['', ...names], lines(part('warm')));
}

/** Milliseconds of processor time. */
function once(tokenizer, text, sized) {
  const before = process.cpuUsage();
  tokenizer.encode(text, sized);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e3;
}
