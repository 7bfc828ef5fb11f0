/**
 * Which special tokens begin and end a document. The end is the token of pretraining, not what a chat file names: the
 * tokenizer_config.json of Qwen 3 and of Gemma 3 has the end of a turn as `eos_token`. So well-known names come first and
 * the file beside the tokenizer decides only where none is present. For the beginning that file comes first, for it may
 * say that there is none (Qwen's null). Only tokens that are marked special count: Gemma's `</s>` is the HTML tag.
 */

/** End of a document, best first. */
const ends = [
  '<|endoftext|>',
  '<|end_of_text|>',
  '</s>',
  '<eos>',
  '<\uff5cend\u2581of\u2581sentence\uff5c>',
  '<EOT>',
];
/** Beginning of a document, best first. */
const begins = [
  '<|begin_of_text|>',
  '<|startoftext|>',
  '<s>',
  '<bos>',
  '<\uff5cbegin\u2581of\u2581sentence\uff5c>',
];

/** What tokenizer_config.json says; a name may stand in an object, with flags that don't matter here. */
export interface TokenizerConfig {
  readonly bos_token?: string | { readonly content: string } | null;
  readonly eos_token?: string | { readonly content: string } | null;
}

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
