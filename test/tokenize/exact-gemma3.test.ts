import { modelFromHf } from '../../src/tokenize/files/from-hf.ts';
import { describeExactness } from './exactness.ts';
import { nativeOracle, readRealFile } from './oracles.ts';
import { smallFile } from './small-file.ts';
import { isNightly } from './texts.ts';

// The whole of it takes 10 s to load: only its first merges by day.
describeExactness('gemma3', () => {
  const bytes = isNightly ? readRealFile('gemma3') : Buffer.from(JSON.stringify(smallFile('gemma3', 30_000)));
  const model = modelFromHf('gemma3', bytes, null);
  if ('unsupported' in model) throw new Error(model.unsupported);
  return { model, oracle: nativeOracle(bytes) };
});
