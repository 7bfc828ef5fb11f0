/** Folders that are removed when the test ends, and hashes of their contents. */
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'longmix-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/**
 * sha256 of every file below, by path, sorted; `.longmix/` holds local notes, and `.longmix.lock` says who writes: no
 * output.
 */
export function hashes(folder: string, below: string = ''): Record<string, string> {
  const found: Record<string, string> = {};
  const entries = readdirSync(join(folder, below), { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.name === '.longmix' || entry.name === '.longmix.lock') continue;
    if (entry.isDirectory()) {
      Object.assign(found, hashes(folder, path));
    } else {
      found[path] = createHash('sha256')
        .update(readFileSync(join(folder, path)))
        .digest('hex');
    }
  }
  return found;
}
