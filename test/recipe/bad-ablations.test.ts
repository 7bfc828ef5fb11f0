/**
 * A case is two files in bad-ablations/: NAME.ablation and NAME.txt, its message. The recipes beside them are the
 * bases. After changing a message, run with UPDATE_GOLDEN=1, then read the diff.
 */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { LongmixError } from '../../src/errors.ts';
import { parseAblation } from '../../src/recipe/ablation/parse-ablation.ts';
import { goldenMessages } from '../support/golden-messages.ts';

const folder = new URL('bad-ablations/', import.meta.url);

function readBase(path: string): string {
  try {
    return readFileSync(new URL(path, folder), 'utf8');
  } catch (cause) {
    throw new LongmixError('recipe-missing', `no such file or directory: ${path}`, { cause });
  }
}

describe('bad ablations', () => {
  goldenMessages(folder, '.ablation', (text, file) => parseAblation(text, file, readBase));

  it('tells a base that cannot be read at the place that names it', () => {
    const read = () => parseAblation('base: nowhere.yaml\narms: { a: {} }', 'dir/four.yaml', readBase);
    expect(read).toThrow(
      expect.objectContaining({
        message: 'no such file or directory: dir/nowhere.yaml',
        where: 'dir/four.yaml:1:7',
      }),
    );
  });
});
