import { expect, test } from 'vitest';
import { describeExactness } from './exactness.ts';
import { nativeOracle, readRealFile, realModel } from './oracles.ts';

describeExactness(
  'qwen3',
  () => ({ model: realModel('qwen3'), oracle: nativeOracle(readRealFile('qwen3')) }),
  (loaded) => {
    test('bos, eos and size, whatever the chat config says', () => {
      expect(loaded().model).toMatchObject({ bosId: null, eosId: 151643, vocabularySize: 151669 });
    });
  },
);
