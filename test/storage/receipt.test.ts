/** Which finished tasks a later run may skip. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { fingerprint } from '../../src/base/fingerprint.ts';
import { writeFile } from '../../src/storage/commit.ts';
import { findReceipt, leaveReceipt, notesFolder, removeReceipt } from '../../src/storage/receipt.ts';
import { temporaryFolder } from '../support/folder.ts';

const made = fingerprint(['recipe', 1]);

/** A folder where the task `part` has ended. */
function finished(): string {
  const folder = temporaryFolder();
  const files = [writeFile(join(folder, 'a'), 'first'), writeFile(join(folder, 'b'), '')];
  leaveReceipt(folder, 'part', { fingerprint: made, files, result: { rows: 7 } });
  return folder;
}

it('gives the result of a task that was made of the same', () => {
  const folder = finished();
  expect(findReceipt(folder, 'part', made)).toEqual({ rows: 7 });
});

it('gives nothing for what was made of something else, or never', () => {
  const folder = finished();
  expect(findReceipt(folder, 'part', fingerprint(['recipe', 2]))).toBeNull();
  expect(findReceipt(folder, 'other', made)).toBeNull();
  expect(findReceipt(temporaryFolder(), 'part', made)).toBeNull();
  removeReceipt(folder, 'part');
  expect(findReceipt(folder, 'part', made)).toBeNull();
});

it.each([
  ['gone', (file: string) => rmSync(file)],
  ['of another size', (file: string) => writeFileSync(file, 'longer than it was')],
])('gives nothing where a file is %s', (_, change) => {
  for (const name of ['a', 'b']) {
    const folder = finished();
    change(join(folder, name));
    expect(findReceipt(folder, 'part', made), name).toBeNull();
  }
});

it('gives nothing for a receipt that is torn', () => {
  for (const text of ['', '{"fingerprint":', 'null', `{"fingerprint":"${made}"}`]) {
    const folder = finished();
    writeFileSync(join(folder, notesFolder, 'part.json'), text);
    expect(findReceipt(folder, 'part', made), text).toBeNull();
  }
});

it('the fingerprint of a value is that of its JSON', () => {
  expect(fingerprint([1, 'a'])).toBe(fingerprint([1, 'a']));
  expect(fingerprint([1, 'a'])).not.toBe(fingerprint([1, 'b']));
  expect(fingerprint('')).toMatch(/^[0-9a-f]{64}$/);
});
