/** Pages and parts of pages that scripts generate from the code are up to date. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { dropReasons } from '../src/nouns/ledger.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const read = (page: string) => readFileSync(`${root}${page}`, 'utf8');
const node = (...args: string[]) => execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8' });

describe('made pages', () => {
  it('docs/errors.md has every error code of the source', () => {
    const made = node('scripts/error-codes.mjs');
    expect(read('docs/errors.md'), 'node scripts/error-codes.mjs > docs/errors.md').toBe(made);
  });

  it('docs/scale.md has the sizes of the code', () => {
    expect(read('docs/scale.md'), 'node scripts/scale.mjs > docs/scale.md').toBe(node('scripts/scale.mjs'));
  });

  it('docs/formats.md and docs/one-document.md show what a build writes', () => {
    // Fails with the page that is stale, and the command that makes it again.
    node('scripts/doc-examples.mjs', '--check');
  });

  it('docs/add-a-drop-reason.md lists the reasons', () => {
    const page = read('docs/add-a-drop-reason.md');
    const listed = Array.from(page.matchAll(/^\| `(\w+)` \|/gm), ([, reason]) => reason);
    expect(listed).toEqual([...dropReasons]);
  });
});
