/** Schema of `tokenizer`: a file with what it does not say itself. A name or a path alone is text. */
import { z } from 'zod';
import { either, text, wholeNumber } from './fields.ts';

export interface TokenizerEntry {
  readonly file: string;
  readonly pattern?: string | undefined;
  readonly bos?: string | number | undefined;
  readonly eos?: string | number | undefined;
  readonly pad?: string | number | undefined;
}

export const tokenizerForm =
  'the name of an encoding such as cl100k_base, a path such as ./tokenizer.json, or { file: ./tokenizer.json }';

export const tokenizer: z.ZodType<TokenizerEntry> = z.strictObject({
  file: text('the path of a tokenizer file').describe(
    'A tokenizer.json, tekken.json or tokenizer.model, or the folder of one; relative to the recipe.',
  ),
  pattern: text('the name of a pattern or a regular expression')
    .optional()
    .describe('How the text is split, for a tiktoken file: a name such as llama3, or a regular expression.'),
  bos: token().describe(
    'Token that begins a document, by text or id; default: from the files of the tokenizer.',
  ),
  eos: token().describe(
    'Token that ends a document, by text or id; default: from the files of the tokenizer.',
  ),
  pad: token().describe('Token that pads rows, by text or id; default: the end-of-document token.'),
});

function token(): z.ZodType<string | number | undefined> {
  const form = 'the text of a token such as "<s>", or its id';
  return either(text(form), wholeNumber(0, form), form).optional();
}
