/**
 * A cache folder of tokenizers' tables for the tests that run whole commands: theirs alone, empty at the start of a run
 * and gone at its end. As for users, only the first command with a tokenizer builds its tables, which takes twice as
 * long as all else in a small build. Tests of one stage, and those beside other libraries, build theirs (vitest.config.ts).
 */
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const cacheFolder: string = join(tmpdir(), `longmix-test-tables-${process.pid}`);

export default function setup(): () => void {
  return () => rmSync(cacheFolder, { recursive: true, force: true });
}
