/** From the recipe's words to a tokenizer. */
import { LongmixError } from '../errors.ts';
import type { Tokenizer, TokenizerSpec } from '../types.ts';
import { loadTiktoken, tiktokenEncodings } from './tiktoken.ts';

/** @throws LongmixError `tokenizer-unknown` | `tokenizer-unsupported` */
export async function loadTokenizer(spec: TokenizerSpec): Promise<Tokenizer> {
  if ('encoding' in spec) return loadTiktoken(spec.encoding);
  throw new LongmixError('tokenizer-unsupported', `tokenizer files are not supported yet: ${spec.file}`, {
    cure: `use one of the encodings ${tiktokenEncodings.join(', ')}`,
  });
}
