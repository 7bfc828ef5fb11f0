/**
 * A cache folder of tokenizers' tables for the tests that run whole commands. No other tests use it; it is empty at the
 * start of a run and removed at its end. As for users, only the first command with a tokenizer builds its tables, which
 * takes twice as long as everything else in a small build. Tests of one stage, and comparisons with other libraries,
 * build their own tables (vitest.config.ts).
 */
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const cacheFolder: string = join(tmpdir(), `longmix-test-tables-${process.pid}`);

export default function setup(): () => void {
  return () => rmSync(cacheFolder, { recursive: true, force: true });
}
