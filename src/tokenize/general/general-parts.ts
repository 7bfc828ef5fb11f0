/**
 * Rewrites a tokenizer.json so that @huggingface/tokenizers gives the native library's tokens. That library supports
 * some parts in only one of their forms, and silently treats other forms like that one. So a part that splits at single
 * characters is rewritten as a Split that it runs as the native library does. A part that cannot be rewritten is
 * refused, because tokens other than those that the model was trained with are worse than none. One difference is left:
 * Unicode is JavaScript's.
 */
import { bytesOfByteLevel } from '../engine/byte-level.ts';
import { escapeRegex } from '../escape-regex.ts';
import { flattenParts, Unsupported } from '../files/hf-file.ts';
import type { HfFile, HfModel, HfPart } from '../files/hf-shape.ts';

const normalizers = new Set(
  'BertNormalizer Precompiled Replace NFC NFD NFKC NFKD Strip StripAccents Lowercase Prepend'.split(' '),
);
const punctuation = '[\\p{P}!-/:-@\\[-`{-~]';
/**
 * \w of the native library's regular expressions. JavaScript's \w is ASCII only, so a word would end at its first
 * accent.
 */
const word = '\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\u200c\\u200d';

/** @throws Unsupported, naming the part of the file that would not give the native library's tokens */
export function readGeneralParts(file: HfFile): HfFile {
  const all = flattenParts(file.normalizer, 'normalizers');
  for (const part of all) checkNormalizer(part);
  const parts = flattenParts(file.pre_tokenizer, 'pretokenizers');
  const dropping = all.find(mayDropFirst);
  if (dropping !== undefined && parts.some((part) => part.type === 'Metaspace' && schemeOf(part) === 'first'))
    throw new Unsupported(`Metaspace "first" after the normalizer ${dropping.type}`);
  checkModel(file.model, parts);
  if (file.added_tokens?.some((token) => token.single_word && token.special !== true))
    throw new Unsupported('added tokens that are matched as whole words only');
  return {
    ...file,
    pre_tokenizer:
      parts.length === 0 ? null : { type: 'Sequence', pretokenizers: parts.flatMap(preTokenizer) },
  };
}

function checkNormalizer({ type, content }: HfPart): void {
  if (!normalizers.has(type)) throw new Unsupported(`the normalizer ${type}`);
  // The content goes to String.replaceAll, where $& and similar are not plain text.
  if (type === 'Replace' && String(content).includes('$'))
    throw new Unsupported('the normalizer Replace with a $');
}

/**
 * Whether a normalizer may drop the document's first character. In the native library no part is then the first one.
 */
function mayDropFirst({ type, content, strip_left }: HfPart): boolean {
  if (type === 'Replace') return content === '';
  return type === 'StripAccents' || type === 'BertNormalizer' || (type === 'Strip' && strip_left !== false);
}

function preTokenizer(part: HfPart, i: number): HfPart[] {
  const { type, behavior } = part;
  switch (type) {
    case 'BertPreTokenizer':
    case 'ByteLevel':
      return [part];
    case 'WhitespaceSplit':
      return [split('\\S+', 'Removed', true)];
    case 'Whitespace':
      return [split(`[${word}]+|[^${word}\\s]+`, 'Removed', true)];
    case 'Digits':
      return splitAt('\\p{N}', part.individual_digits === true ? 'Isolated' : 'Contiguous');
    case 'Punctuation':
      return splitAt(punctuation, behavior ?? 'Isolated');
    case 'CharDelimiterSplit':
      return splitAt(escapeRegex(String(part.delimiter)), 'Removed');
    case 'Metaspace':
      return metaspace(part, i);
    case 'Split':
      return anySplit(part);
  }
  throw new Unsupported(`the pre-tokenizer ${type}`);
}

/** Adds the split at each U+2581, which @huggingface/tokenizers lacks. */
function metaspace(part: HfPart, i: number): HfPart[] {
  const scheme = schemeOf(part);
  // @huggingface/tokenizers would put a prefix before each part of the earlier pre-tokenizer.
  if (scheme === 'first' && i > 0) throw new Unsupported('Metaspace "first" after another pre-tokenizer');
  // Leave out `str_rep`, which only @huggingface/tokenizers reads.
  const prefixed = { type: part.type, replacement: part.replacement, prepend_scheme: scheme };
  return part.split === false
    ? [prefixed]
    : [prefixed, ...splitAt(escapeRegex(String(part.replacement)), 'MergedWithNext')];
}

function schemeOf(part: HfPart): unknown {
  return part.prepend_scheme ?? (part.add_prefix_space === false ? 'never' : 'always');
}

function anySplit({ pattern, behavior, invert }: HfPart): HfPart[] {
  const { String: text, Regex: regex } = (pattern ?? {}) as { String?: string; Regex?: string };
  const source = text === undefined ? regex : escapeRegex(text);
  if (source === undefined) throw new Unsupported('a Split without a pattern');
  if (text !== undefined && [...text].length === 1 && invert !== true) return splitAt(source, behavior);
  // If matches and gaps are all kept, `invert` makes no difference.
  if (behavior === 'Isolated') return [split(source, 'Isolated')];
  // String.split would keep the text of a capturing group.
  const groups = /\((?!\?)/.test(source.replace(/\\./g, ''));
  if (behavior === 'Removed' && (invert === true || !groups))
    return [split(source, 'Removed', invert === true)];
  throw new Unsupported(`the pre-tokenizer Split with ${behavior}${invert === true ? ', inverted' : ''}`);
}

/** @param one a pattern that matches single characters, so that no two matches overlap */
function splitAt(one: string, behavior: unknown): HfPart[] {
  switch (behavior) {
    case 'Isolated':
    case 'Removed':
      return [split(one, behavior)];
    case 'Contiguous':
      return [split(`${one}+`, 'Isolated')];
    case 'MergedWithNext':
      return [split(`(?=${one})`, 'Isolated')];
    case 'MergedWithPrevious':
      return [split(`(?<=${one})`, 'Isolated')];
  }
  throw new Unsupported(`a split with ${behavior}`);
}

function split(regex: string, behavior: 'Isolated' | 'Removed', invert = false): HfPart {
  return { type: 'Split', pattern: { Regex: regex }, behavior, invert };
}

function checkModel(model: HfModel, parts: readonly HfPart[]): void {
  const { type, unk_token, unk_id } = model;
  const vocabulary = new Set(
    Array.isArray(model.vocab) ? model.vocab.map(([piece]) => String(piece)) : Object.keys(model.vocab ?? {}),
  );
  if (type === 'Unigram') {
    if (model.byte_fallback === true) throw new Unsupported('Unigram with byte_fallback');
    if (typeof unk_id !== 'number') throw new Unsupported('Unigram without an unknown token');
  } else if (type === 'BPE') {
    if (model.dropout) throw new Unsupported('BPE with dropout');
    if (model.continuing_subword_prefix) throw new Unsupported('BPE with continuing_subword_prefix');
  } else if (type !== 'WordPiece') {
    throw new Unsupported(`the model ${type ?? '(no type)'}`);
  }
  if (type !== 'Unigram' && !vocabulary.has(unk_token ?? '') && !(type === 'BPE' && isWhole()))
    throw new Unsupported('a vocabulary that lacks characters, and has no unknown token');
  if ((type === 'Unigram' || (model.fuse_unk === true && !isWhole())) && !keepsUnknownApart())
    throw new Unsupported(`unknown characters that are fused, in parts that do not begin with U+2581`);

  /**
   * Whether every text has tokens, if necessary those of its bytes. If not, the native library drops units without a
   * token before it merges, and @huggingface/tokenizers after that.
   */
  function isWhole(): boolean {
    const isByteLevel = parts.at(-1)?.type === 'ByteLevel';
    const bytes = [...vocabulary].filter((piece) =>
      isByteLevel
        ? bytesOfByteLevel(piece)?.length === 1
        : model.byte_fallback === true && /^<0x[0-9A-F]{2}>$/.test(piece),
    );
    return bytes.length === 256;
  }

  /** Whether unknown characters never meet across pretokens: @huggingface/tokenizers would fuse them. */
  function keepsUnknownApart(): boolean {
    const last = parts.at(-1);
    if (last === undefined) return true;
    const isPrefixed = parts.length === 1 || schemeOf(last) === 'always';
    return last.type === 'Metaspace' && isPrefixed && vocabulary.has(String(last.replacement));
  }
}
