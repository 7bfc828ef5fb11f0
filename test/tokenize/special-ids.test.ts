/** bos and eos where no well-known name tells them; load.test.ts has real files. */
import { expect, test } from 'vitest';
import { chooseSpecialIds } from '../../src/tokenize/special-ids.ts';

test('names that are not well known come from the config', () => {
  const tokens = new Map([
    ['[CLS]', 5],
    ['[SEP]', 6],
  ]);
  expect(chooseSpecialIds(tokens, null)).toEqual({ bosId: null, eosId: null });
  const config = { bos_token: { content: '[CLS]' }, eos_token: '[SEP]' };
  expect(chooseSpecialIds(tokens, config)).toEqual({ bosId: 5, eosId: 6 });
  expect(chooseSpecialIds(tokens, { bos_token: '[gone]' })).toEqual({ bosId: null, eosId: null });
});
