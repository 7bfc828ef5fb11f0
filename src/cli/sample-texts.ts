/**
 * Generated texts to show, measure and check a tokenizer with. They are the same on every machine, because each text
 * depends only on its number. They are not a corpus: a rate on made words shows which engine runs, not the time that a
 * corpus will take.
 */

/** Returns a generator of pseudorandom numbers from a seed (xorshift32). */
function numbers(seed: number): (below: number) => number {
  let state = seed | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/** Returns about `bytes` bytes of English-like text: 20,000 made words, short ones often, numbers, names, line ends. */
export function madeText(bytes: number): string {
  const next = numbers(20_261);
  const syllables = 'the an in er on re ti es or al st ing con ment ver pro com al le ed'.split(' ');
  const words = Array.from({ length: 20_000 }, (_, i) =>
    Array.from(
      { length: 1 + (i > 200 ? 1 + next(3) : next(2)) },
      () => syllables[next(syllables.length)],
    ).join(''),
  );
  const parts: string[] = [];
  for (let length = 0; length < bytes; ) {
    const rank = Math.floor(words.length ** (next(10_000) / 10_000));
    const word = words[rank % words.length]!;
    const kind = next(40);
    const written =
      kind === 0 ? `${next(100_000)}` : kind < 4 ? word[0]!.toUpperCase() + word.slice(1) : word;
    const end = ['.\n', '. ', ', ', "'s ", ': "'][next(60)] ?? ' ';
    parts.push(written, end);
    length += written.length + end.length;
  }
  return parts.join('');
}

export const sampleText =
  "It's a test: caf\u00e9, 12345 \u4f60\u597d \ud83d\udc4d\n\tdef f(x): return x ** 2\n";

const scripts = [
  'The quick brown fox, 1984: 3.14159 and 1,000,000!',
  'Stra\u00dfe, \u00c5ngstr\u00f6m, na\u00efve co\u00f6perate',
  '\u041c\u043e\u0441\u043a\u0432\u0430 \u043d\u0435 \u0441\u0440\u0430\u0437\u0443 \u0441\u0442\u0440\u043e\u0438\u043b\u0430\u0441\u044c',
  '\u039f\u03b4\u03c5\u03c3\u03c3\u03b5\u03cd\u03c2 \u039f\u0394\u03a5\u03a3\u03a3\u0395\u03a5\u03a3',
  '\u4eca\u5929\u5929\u6c14\u5f88\u597d\uff0c\u6211\u4eec\u53bb\u516c\u56ed\u3002',
  '\u6771\u4eac\u306f\u65e5\u672c\u306e\u9996\u90fd\u3067\u3059\u3002\u30ab\u30bf\u30ab\u30ca',
  '\ud55c\uad6d\uc5b4 \ubb38\uc7a5\uc785\ub2c8\ub2e4',
  '\u0627\u0644\u0639\u0631\u0628\u064a\u0629 \u0644\u063a\u0629 \u062c\u0645\u064a\u0644\u0629 \u0661\u0662\u0663',
  '\u05e9\u05dc\u05d5\u05dd \u05e2\u05d5\u05dc\u05dd',
  '\u0939\u093f\u0928\u094d\u0926\u0940 \u092e\u0947\u0902 \u0932\u093f\u0916\u093e \u0967\u0968\u0969',
  '\u0e20\u0e32\u0e29\u0e32\u0e44\u0e17\u0e22\u0e44\u0e21\u0e48\u0e21\u0e35\u0e0a\u0e48\u0e2d\u0e07\u0e27\u0e48\u0e32\u0e07',
  'e\u0301 vs \u00e9, \ufb01ne, \u212b, \u0130stanbul, \uff21\uff22\uff11',
  '\ud83d\udc68\u200d\ud83d\udc69\u200d\ud83d\udc67 \ud83c\uddeb\ud83c\uddf7 \u2764\ufe0f \ud83d\udc4d\ud83c\udffd',
];
const hostile = [
  '',
  ' ',
  '\n',
  '\r\n\r\n',
  ' \n \t \n  x',
  '\u0000\u0001\u007f',
  '\ufeffa\ufeff',
  'a\u00a0b\u2003c\u3000d\u0085e\u2028f\u200bg',
  "I'LL don't 'S 'tis we\u2019re ''''",
  '<|endoftext|></s><s>[INST]<think> <|im_end|>',
  '\u2581a \u2581 b<0x0A>',
  '1234567890123 12 1 1.000.000 \u0663\u0664 \u00bd \u2167',
  '!!!???...---___///***',
  'x'.repeat(3_000),
  ' '.repeat(3_000),
  '\n'.repeat(500),
  'ab'.repeat(1_500),
  '\u{10ffff}\u{e000}\ufffd\ufffe',
];

/** Returns texts in many scripts, texts that break tokenizers, and texts of random characters. */
export function checkTexts(random: number): string[] {
  const next = numbers(7);
  const ranges = [0x80, 0x80, 0x800, 0x3000, 0x10000, 0x20000];
  const made = Array.from({ length: random }, () => {
    const range = ranges[next(ranges.length)]!;
    const points = Array.from({ length: 1 + next(40) }, () => {
      const point = next(4) === 0 ? ' \n\t0aA.'.charCodeAt(next(7)) : next(range);
      return point >= 0xd800 && point < 0xe000 ? 0x20 : point;
    });
    return String.fromCodePoint(...points);
  });
  return [sampleText, ...scripts, ...hostile, ...made, madeText(20_000)];
}
