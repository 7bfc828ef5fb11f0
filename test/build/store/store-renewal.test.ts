/** `--fresh` on a finished store: which files are set aside, restored and deleted. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { putBack, setAside } from '../../../src/build/store/store-renewal.ts';
import { writeFile } from '../../../src/storage/commit.ts';
import { notesFolder } from '../../../src/storage/receipt.ts';
import { storeFile, storeFormat, storeVersion } from '../../../src/store/format.ts';
import { temporaryFolder } from '../../support/folder.ts';

const part = 'part-00000.tokens';

/** A finished store of one part with its receipt, and notes that are no receipts. */
function finished() {
  const folder = temporaryFolder();
  mkdirSync(join(folder, notesFolder));
  const files = [
    writeFile(join(folder, part), 'tokens'),
    writeFile(join(folder, 'part-00000.docs.arrow'), 'd'),
  ];
  const manifest = JSON.stringify({ format: storeFormat, version: storeVersion, parts: [{ files }] });
  writeFileSync(join(folder, storeFile), manifest);
  for (const note of ['part-00000.json', 'inputs.json']) writeFileSync(join(folder, notesFolder, note), '{}');
  const notes = () => readdirSync(join(folder, notesFolder)).sort();
  const stored = () =>
    existsSync(join(folder, storeFile)) ? readFileSync(join(folder, storeFile), 'utf8') : null;
  return { folder, manifest, notes, stored };
}

it('sets the record of an intact store aside, and keeps the receipts of its parts', () => {
  const { folder, notes, stored } = finished();
  setAside(folder, true);
  expect(stored()).toBeNull();
  expect(notes()).toEqual(['inputs.json', 'part-00000.json', storeFile]);
});

it.each([
  ['all of it is to be made again', false, () => {}],
  ['a part of it has changed', true, (folder: string) => writeFileSync(join(folder, part), 'other!')],
  ['a part of it is gone', true, (folder: string) => rmSync(join(folder, part))],
  ['its record is damaged', true, (folder: string) => writeFileSync(join(folder, storeFile), '{')],
] as const)('drops the receipts where %s', (_, keepUnchanged, change) => {
  const { folder, notes } = finished();
  change(folder);
  setAside(folder, keepUnchanged);
  expect(notes()).toEqual(['inputs.json', storeFile]);
});

it('does the same for a store that was never finished, but for a record', () => {
  const { folder, notes } = finished();
  rmSync(join(folder, storeFile));
  setAside(folder, true);
  expect(notes()).toEqual(['inputs.json', 'part-00000.json']);
  setAside(folder, false);
  expect(notes()).toEqual(['inputs.json']);
  setAside(temporaryFolder(), false);
});

it('puts the old store back as long as no part of it was replaced', () => {
  const { folder, manifest, notes, stored } = finished();
  setAside(folder, false);
  putBack(folder);
  expect(stored()).toBe(manifest);
  expect(notes()).toEqual(['inputs.json']);
});

it('throws the old record away once a part was replaced: it would stand over other bytes', () => {
  const { folder, notes, stored } = finished();
  setAside(folder, false);
  writeFileSync(join(folder, part), 'newest');
  putBack(folder);
  expect(stored()).toBeNull();
  expect(notes()).toEqual(['inputs.json']);
});

it('leaves the new store where there is one', () => {
  const { folder, notes, stored } = finished();
  setAside(folder, false);
  writeFileSync(join(folder, storeFile), 'the new one');
  putBack(folder);
  expect(stored()).toBe('the new one');
  expect(notes()).toEqual(['inputs.json']);
});

it('has nothing to put back where nothing was set aside', () => {
  const { folder, manifest, stored } = finished();
  putBack(folder);
  expect(stored()).toBe(manifest);
});
