/**
 * Chooses the tokens that begin, end and pad a document. The recipe's choice comes first. Otherwise the end is the
 * token of pretraining, not that of a chat file: the tokenizer_config.json of Qwen 3 and of Gemma 3 has the end of a
 * turn as `eos_token`. So well-known names come first, among tokens that are marked special (Gemma's `</s>` is the HTML
 * tag), and the files beside the tokenizer decide if no such name is present. For the beginning, the tokenizer's own
 * files come first, because they may say that there is none (Qwen's null). None of this changes the tokens of a text.
 */
import { LongmixError } from '../../errors.ts';
import type { TokenizerSpec } from '../../nouns/recipe.ts';
import { isObject } from './json-shape.ts';
import type { NamedToken, Role, SideFacts, SideFile } from './side-files.ts';

/** End of a document, best first. */
const ends = [
  '<|endoftext|>',
  '<|end_of_text|>',
  '</s>',
  '<eos>',
  '<\uff5cend\u2581of\u2581sentence\uff5c>',
  '<EOT>',
  '[EOS]',
];
/** Beginning of a document, best first. */
const begins = [
  '<|begin_of_text|>',
  '<|startoftext|>',
  '<s>',
  '<bos>',
  '<\uff5cbegin\u2581of\u2581sentence\uff5c>',
  '[BOS]',
];
const pads = ['<pad>', '[PAD]', '<|finetune_right_pad_id|>', '<|finetune_right_pad|>'];

/** The fields of tokenizer_config.json. A name may be inside an object, with flags that do not matter here. */
export interface TokenizerConfig {
  readonly bos_token?: string | { readonly content: string } | null;
  readonly eos_token?: string | { readonly content: string } | null;
}

/** The ids that a tokenizer file and the tokenizer_config.json beside it give. */
export function chooseSpecialIds(
  special: ReadonlyMap<string, number>,
  config: TokenizerConfig | null,
): { readonly bosId: number | null; readonly eosId: number | null } {
  const known = (names: readonly string[]) => names.find((name) => special.has(name));
  const bos = config?.bos_token === undefined ? known(begins) : nameOf(config.bos_token);
  const eos = known(ends) ?? nameOf(config?.eos_token);
  const idOf = (name: string | undefined) => (name === undefined ? null : (special.get(name) ?? null));
  return { bosId: idOf(bos), eosId: idOf(eos) };
}

function nameOf(token: TokenizerConfig['bos_token']): string | undefined {
  return typeof token === 'object' ? token?.content : token;
}

/** The tokens of a tokenizer file, whatever its form. */
export interface TokenNames {
  /** The tokens that are marked special. */
  readonly special: ReadonlyMap<string, number>;
  /** null: no token has this text. */
  idOf(text: string): number | null;
  /** null: no token has this id. */
  textOf(id: number): string | null;
  /** A recipe may give any id below this: ids of the vocabulary, and of special tokens that the file leaves out. */
  readonly idsBelow: number;
}

export interface FoundToken {
  readonly id: number;
  /** null: the file has no text for this id. */
  readonly text: string | null;
  /** What named the token; `tokenizer`: the tokenizer file, by a well-known name or by a role in it. */
  readonly from: 'recipe' | 'tokenizer' | SideFile;
}

export type SpecialIds = Readonly<Record<Role, FoundToken | null>>;
type Asked = Pick<Extract<TokenizerSpec, { readonly file: string }>, Role>;

/**
 * @param own the ids that the tokenizer file itself gives
 * @param where the tokenizer file, for errors
 * @throws LongmixError `tokenizer-token`: the recipe names a token that does not exist
 */
export function findSpecialIds(
  names: TokenNames,
  own: { readonly bosId: number | null; readonly eosId: number | null },
  { named }: SideFacts,
  asked: Asked,
  where: string,
): SpecialIds {
  const ofFile = (id: number | null): FoundToken | null =>
    id === null ? null : { id, text: names.textOf(id), from: 'tokenizer' };
  const isOfModel = ({ file }: NamedToken) => file === 'generation_config.json' || file === 'config.json';
  const config = named.bos.find((name) => !isOfModel(name));
  // The first of the tokenizer's own files that mentions bos says that there is none.
  const hasNoBos = config?.token === null;
  const pad = pads.find((name) => names.special.has(name));
  return {
    bos:
      askedFor('bos', asked, names, where) ??
      firstOf(
        named.bos.filter((name) => !isOfModel(name)),
        names,
      ) ??
      (hasNoBos ? null : (ofFile(own.bosId) ?? firstOf(named.bos.filter(isOfModel), names))),
    eos: askedFor('eos', asked, names, where) ?? ofFile(own.eosId) ?? firstOf(named.eos, names),
    pad:
      askedFor('pad', asked, names, where) ??
      firstOf(named.pad, names) ??
      ofFile(pad === undefined ? null : names.special.get(pad)!),
  };
}

function firstOf(named: readonly NamedToken[], names: TokenNames): FoundToken | null {
  for (const { file, token } of named) {
    const ids = typeof token === 'string' ? [names.idOf(token)] : (token ?? []);
    const id = ids.find((each) => each !== null && names.textOf(each) !== null);
    if (id !== undefined && id !== null) return { id, text: names.textOf(id), from: file };
  }
  return null;
}

function askedFor(role: Role, asked: Asked, names: TokenNames, where: string): FoundToken | null {
  const token = asked[role];
  if (token === undefined) return null;
  const { idsBelow } = names;
  const id = typeof token === 'string' ? names.idOf(token) : token;
  if (id !== null && id < idsBelow) return { id, text: names.textOf(id), from: 'recipe' };
  const what =
    typeof token === 'string'
      ? `${JSON.stringify(token)} is not a token`
      : `${token} is not an id of a token`;
  throw new LongmixError('tokenizer-token', `tokenizer.${role}: ${what} of this tokenizer`, {
    where,
    cure: `give the text of a token, or an id from 0 to ${idsBelow - 1}; longmix tokenizer FILE shows the special tokens`,
  });
}

/** The names of a tokenizer.json that takes the general path. hf-check.ts has checked it. */
export function namesOfHf(file: {
  readonly added_tokens?: readonly {
    readonly id: number;
    readonly content: string;
    readonly special?: boolean;
  }[];
  readonly model: { readonly vocab?: unknown };
}): TokenNames {
  const { vocab } = file.model;
  const added = file.added_tokens ?? [];
  const entries: [string, number][] = Array.isArray(vocab)
    ? vocab.map((entry: readonly [string, number], id) => [entry[0], id])
    : Object.entries(isObject(vocab) ? (vocab as Readonly<Record<string, number>>) : {});
  const ids = new Map(entries);
  // The id in the vocabulary wins, as in the native library.
  for (const { content, id } of added) if (!ids.has(content)) ids.set(content, id);
  const texts = new Map([...ids].map(([text, id]) => [id, text]));
  return {
    special: new Map(
      added.filter((token) => token.special).map(({ content }) => [content, ids.get(content)!]),
    ),
    idOf: (text) => ids.get(text) ?? null,
    textOf: (id) => texts.get(id) ?? null,
    idsBelow: 1 + [...texts.keys()].reduce((a, b) => Math.max(a, b), -1),
  };
}
