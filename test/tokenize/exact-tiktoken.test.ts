import { tiktokenEncodings } from '../../src/nouns/recipe.ts';
import { modelFromEncoding } from '../../src/tokenize/files/from-tiktoken.ts';
import { describeExactness } from './exactness.ts';
import { tiktokenOracle } from './oracles.ts';

// gpt2 is r50k_base by another name (from-tiktoken.test.ts).
for (const name of tiktokenEncodings.filter((encoding) => encoding !== 'gpt2')) {
  describeExactness(name, () => ({ model: modelFromEncoding(name), oracle: tiktokenOracle(name) }));
}
