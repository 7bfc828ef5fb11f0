/** Makes a small byte-level tokenizer.json: all bytes, and merges of all pairs of some characters, to show any cut. */
const joined = 'abAXeo.,<>-1 \u00e9';

export interface MadeToken {
  readonly content: string;
  readonly special?: boolean;
  readonly normalized?: boolean;
  readonly lstrip?: boolean;
  readonly rstrip?: boolean;
  readonly single_word?: boolean;
}

/** @param change fields of the file, `added_tokens` without their ids */
export function madeFile(
  change: { readonly added_tokens?: readonly MadeToken[] } & Readonly<Record<string, unknown>>,
): Buffer {
  const units = [...new Set([...joined].map((char) => [...Buffer.from(char)].map(alphabetOf).join('')))];
  const merges: [string, string][] = units.flatMap((unit) =>
    unit.length === 2 ? [[unit[0]!, unit[1]!]] : [],
  );
  for (const left of units) for (const right of units) merges.push([left, right]);
  const bytes = Array.from({ length: 256 }, (_, byte) => alphabetOf(byte));
  const vocab = [...new Set([...bytes, ...merges.map(([left, right]) => left + right)])];
  const added_tokens = (change.added_tokens ?? []).map((token, i) => ({
    special: false,
    normalized: false,
    lstrip: false,
    rstrip: false,
    single_word: false,
    ...token,
    id: vocab.length + i,
  }));
  return Buffer.from(
    JSON.stringify({
      version: '1.0',
      truncation: null,
      padding: null,
      normalizer: null,
      pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
      post_processor: null,
      decoder: null,
      model: {
        type: 'BPE',
        dropout: null,
        unk_token: null,
        continuing_subword_prefix: null,
        end_of_word_suffix: null,
        fuse_unk: false,
        byte_fallback: false,
        ignore_merges: false,
        vocab: Object.fromEntries(vocab.map((token, id) => [token, id])),
        merges,
      },
      ...change,
      added_tokens,
    }),
  );
}

/** GPT-2's byte alphabet, written once more so that the one of the source is not its own judge. */
export function alphabetOf(byte: number): string {
  if ((byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte !== 0xad)) return String.fromCharCode(byte);
  const others = [...Array(0x21).keys(), ...Array.from({ length: 0x22 }, (_, i) => 0x7f + i), 0xad];
  return String.fromCharCode(0x100 + others.indexOf(byte));
}
