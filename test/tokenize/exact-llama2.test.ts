import { expect, test } from 'vitest';
import { describeExactness } from './exactness.ts';
import { nativeOracle, readRealFile, realModel } from './oracles.ts';

describeExactness(
  'llama2',
  () => ({ model: realModel('llama2'), oracle: nativeOracle(readRealFile('llama2')) }),
  (loaded) => {
    test('bos, eos and size, whatever the chat config says', () => {
      expect(loaded().model).toMatchObject({ bosId: 1, eosId: 2, vocabularySize: 32000 });
    });
  },
);
