import { expect, test } from 'vitest';
import { openShared, shareTokenizer } from '../../src/tokenize/engine/kernel-tokenizer.ts';
import { modelFromTiktokenFile } from '../../src/tokenize/files/from-tiktoken.ts';
import { createTokenDecoder } from '../../src/tokenize/plain/reference.ts';
import { expectAgreement } from './agreement.ts';
import { describeExactness } from './exactness.ts';
import { nativeOracle, readRealFile, realModel } from './oracles.ts';
import { hostileTexts, sampleTexts } from './texts.ts';

describeExactness(
  'llama3',
  () => ({ model: realModel('llama3'), oracle: nativeOracle(readRealFile('llama3')) }),
  (loaded) => {
    test('bos, eos and size, whatever the chat config says', () => {
      const { bosId, eosId, vocabularySize } = loaded().model;
      expect([bosId, eosId, vocabularySize]).toEqual([128_000, 128_001, 128_256]);
    });

    test('its ranks give the tokens of its tokenizer.json', async () => {
      const { model, oracle } = loaded();
      const lines = model.vocabulary.pieces.map(
        (piece, id) => `${Buffer.from(piece!).toString('base64')} ${id}\n`,
      );
      const ranks = modelFromTiktokenFile('tokenizer.model', Buffer.from(lines.join('')), 'llama3');
      const { bosId, eosId, vocabularySize } = model;
      expect(ranks).toMatchObject({ bosId, eosId, vocabularySize });
      const shared = await shareTokenizer(ranks);
      if ('unsupported' in shared) throw new Error(shared.unsupported);
      const kernel = { ...(await openShared(shared)), decode: createTokenDecoder(ranks) };
      await expectAgreement(kernel, oracle, [...hostileTexts(500, 9), ...sampleTexts()]);
    });
  },
);
