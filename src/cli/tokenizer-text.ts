/** Describes a tokenizer in words: its engine, its steps, its special tokens. */
import { integer } from '../base/words.ts';
import { recognizeFamily } from '../tokenize/files/patterns.ts';
import type { DescribedTokenizer } from '../tokenize/load.ts';
import type { AddedToken, Normalizer, SplitStep, TokenizerModel } from '../tokenize/model.ts';

const width = 80;
const labelWidth = 12;

const engines = {
  kernel: 'the WebAssembly kernel',
  plain: 'the plain engine, in JavaScript (exact, slow)',
  general: '@huggingface/tokenizers, in JavaScript (slow, see below)',
} as const;
const forms = {
  huggingface: "Hugging Face's tokenizer.json",
  tekken: "Mistral's tekken.json",
  sentencepiece: 'a SentencePiece model',
  tiktoken: 'a tiktoken file',
  encoding: "tiktoken's, comes with longmix",
} as const;
const origins = { recipe: 'the recipe', tokenizer: 'the tokenizer file' } as const;

/** Writes a label and the text beside it, wrapped to the width of a terminal. */
export function entry(label: string, text: string): string {
  const indent = ' '.repeat(labelWidth);
  const lines: string[] = [];
  let line = label.padEnd(labelWidth);
  const room = width - labelWidth;
  const words = text.split(' ').flatMap((word) => word.match(new RegExp(`.{1,${room}}`, 'gsu')) ?? ['']);
  words.forEach((word, i) => {
    const glued = i === 0 || line.length === labelWidth ? line + word : `${line} ${word}`;
    if (glued.length <= width) {
      line = glued;
      return;
    }
    lines.push(line.trimEnd());
    line = indent + word;
  });
  return [...lines, line.trimEnd()].join('\n');
}

export function describe(tokenizer: DescribedTokenizer): string[] {
  const { form, engine, slow, model, fingerprint, vocabularySize } = tokenizer;
  const lines = [
    entry('form', forms[form]),
    entry('engine', engines[engine]),
    ...(slow === null ? [] : [entry('why', slow)]),
    ...(model === null ? [] : pipeline(model)),
    entry('vocabulary', `${vocabularyKind(model)}, ids 0 to ${integer(vocabularySize - 1)}`),
    ...specials(tokenizer),
    entry('fingerprint', fingerprint.slice(0, 16)),
  ];
  return lines;
}

/** Lists the steps from text to pretokens, in their order. */
function pipeline({ steps }: TokenizerModel): string[] {
  const { added, addedNormalized, normalizers, prefixSpace, metaspace, splits } = steps;
  const lines = [
    ...addedLine(added, 'matched in the text'),
    ...normalizers.map((normalizer) => normalizerText(normalizer)),
    ...addedLine(addedNormalized, 'matched in the normalized text'),
    ...(prefixSpace ? ['a space before each text that does not begin with one'] : []),
    ...(metaspace === null ? [] : [metaspaceText(metaspace)]),
    ...splitLines(splits),
  ];
  const steps_ = lines.length === 0 ? ['the text is one piece, as it is'] : lines;
  return steps_.map((line, i) => entry(i === 0 ? 'steps' : '', `${i + 1}. ${line}`));
}

function addedLine(tokens: readonly AddedToken[], where: string): string[] {
  const matched = tokens.filter(({ id }) => id !== null);
  if (matched.length === 0) return [];
  const some = matched.slice(0, 4).map(({ text }) => quoted(text));
  const more = matched.length > some.length ? ' ...' : '';
  return [`${integer(matched.length)} added tokens are ${where}: ${some.join(' ')}${more}`];
}

function normalizerText(normalizer: Normalizer): string {
  switch (normalizer.kind) {
    case 'form':
      return `normalize to ${normalizer.form}`;
    case 'lowercase':
      return 'lowercase';
    case 'strip-accents':
      return 'strip accents';
    case 'strip':
      return 'strip white space at the ends';
    case 'prepend':
      return `put ${quoted(normalizer.text)} before the text`;
    case 'replace':
      return `replace ${quoted(normalizer.pattern)} by ${quoted(normalizer.content)}`;
    case 'nmt':
      return "SentencePiece's NMT rules";
    case 'bert':
      return "BERT's normalizer";
    case 'charsmap':
      return "SentencePiece's map of characters";
    case 'sentencepiece':
      return sentencePieceText(normalizer);
  }
}

function sentencePieceText(rule: Extract<Normalizer, { kind: 'sentencepiece' }>): string {
  const parts = [
    ...(rule.charsmap === null ? [] : ['its map of characters']),
    ...(rule.removesExtraSpaces ? ['single spaces, none at the ends'] : []),
    ...(rule.dummy === 'none' ? [] : [`a space ${rule.dummy === 'prefix' ? 'before' : 'after'} the text`]),
  ];
  return `sentencepiece's normalizer${parts.length === 0 ? '' : `: ${parts.join(', ')}`}`;
}

function metaspaceText({ prefix, split }: NonNullable<TokenizerModel['steps']['metaspace']>): string {
  const before = prefix === 'never' ? '' : ', with one before the text';
  return `spaces become U+2581${before}${split ? '; a piece begins at each' : ''}`;
}

function splitLines(splits: readonly SplitStep[]): string[] {
  const family = recognizeFamily(splits);
  if (family !== null) return [`split by the pattern of ${family}`];
  return splits.map(({ pattern, behavior, invert }) => {
    const matches = invert ? 'what it does not match' : 'its matches';
    const becomes = invert && behavior === 'removed' ? 'keep its matches' : `${matches}: ${behavior}`;
    return `split by a pattern, ${becomes}: ${pattern}`;
  });
}

function vocabularyKind(model: TokenizerModel | null): string {
  if (model === null) return 'as the file says';
  const { vocabulary } = model;
  const pieces = integer(vocabulary.pieces.filter((piece) => piece !== undefined).length);
  const fallback = vocabulary.unknown.bytes === null ? '' : ', others as their bytes';
  if (vocabulary.kind === 'unigram') return `Unigram of ${pieces} pieces${fallback}`;
  const units = vocabulary.units === 'bytes' ? 'BPE over bytes' : `BPE over characters${fallback}`;
  const { merges } = vocabulary;
  const order =
    merges === 'ranks' || 'order' in merges ? 'by rank' : `${integer(merges.merged.length)} merges`;
  return `${units}, ${pieces} pieces, ${order}`;
}

function specials({ specials: found, names }: DescribedTokenizer): string[] {
  const lines = (['bos', 'eos', 'pad'] as const).map((role) => {
    const token = found[role];
    const label = role.toUpperCase();
    if (token === null) return entry(label, 'none');
    const text = token.text === null ? '' : ` ${quoted(token.text)}`;
    return entry(label, `${token.id}${text}, from ${origins[token.from as 'recipe'] ?? token.from}`);
  });
  const others = [...names.special].sort((a, b) => a[1] - b[1]);
  const shown = others.slice(0, 6).map(([text, id]) => `${id} ${quoted(text)}`);
  const more = others.length > shown.length ? `, ... ${integer(others.length)} in all` : '';
  return [...lines, entry('special', shown.length === 0 ? 'none' : `${shown.join(', ')}${more}`)];
}

/** Quotes and shortens a text, and escapes characters that a terminal would not show. */
export function quoted(text: string): string {
  const cut = text.length > 60 ? `${text.slice(0, 57)}...` : text;
  const written = (char: string) => `\\u{${char.codePointAt(0)!.toString(16)}}`;
  return JSON.stringify(cut).replace(/[^\P{C}\n]|[\u2028\u2029\u00a0\u3000]/gu, written);
}
