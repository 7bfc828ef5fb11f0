import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LongmixError } from '../../../src/errors.ts';
import type { SourceSpec } from '../../../src/nouns/recipe.ts';
import { type Discovered, discover, discoverIn } from '../../../src/read/input/discover.ts';
import { storagePlace } from '../../../src/read/input/places.ts';
import { memoryStorage } from '../../../src/storage/memory.ts';
import { fuzz } from '../../support/fuzz.ts';
import { errorOf, sourceOf, temporaryFolder } from '../helpers.ts';

const root = 's3://bucket';

/** The same files in a folder and in a storage. */
function bothWith(files: Readonly<Record<string, string>>) {
  const folder = temporaryFolder();
  const storage = memoryStorage();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
    storage.putIfAbsent(name, Buffer.from(text));
  }
  return { folder, storage };
}

/** What was found but for where it is; or the error, with the place in the words of both. */
async function outcome(place: string, found: Promise<Discovered>): Promise<unknown> {
  try {
    const { units, leftOut } = await found;
    const plain = units.map(({ name, files, start, end, joined }) => ({
      ...{ name, start, end, joined },
      files: files.map(({ path, stamp: _, ...file }) => ({ ...file, path: path.slice(place.length) })),
    }));
    return { plain, leftOut };
  } catch (error) {
    if (!(error instanceof LongmixError)) throw error;
    const { code, message, exitCode } = error;
    return { code, exitCode, message: message.replaceAll(place, 'ROOT') };
  }
}

describe('a storage', () => {
  const part = fc.constantFrom(
    'a',
    'b',
    'B',
    'a-b',
    'ä',
    '\u{1f600}',
    '\uff5e',
    '.hidden',
    'node_modules',
    '10',
    '9',
  );
  const file = fc.constantFrom(
    'x.txt',
    'y.md',
    'z.jsonl.gz',
    'u.parquet',
    'v.png',
    'README',
    '.x.txt',
    'w.csv',
    'n.arrow',
  );
  const name = fc
    .tuple(fc.array(part, { maxLength: 3 }), file)
    .map(([folders, last]) => [...folders, last].join('/'));
  const pattern = fc.constantFrom(
    ...[
      '*',
      '**',
      '**/*.txt',
      '*/*.md',
      'a/**',
      '.hidden/**',
      '**/node_modules/**',
      '{a,b}/*',
      '**/.x.txt',
      'B/*/x.txt',
    ],
  );
  const more: fc.Arbitrary<Partial<SourceSpec>> = fc.record({
    include: fc.array(pattern, { maxLength: 2 }),
    exclude: fc.array(pattern, { maxLength: 1 }),
    join: fc.constantFrom('file' as const, 'directory' as const),
    format: fc.constantFrom(null, 'text' as const, 'jsonl' as const),
  });
  /** A folder, or a glob below one. */
  const below = fc.oneof(
    fc.constant(''),
    part,
    pattern,
    fc.tuple(part, pattern).map((parts) => parts.join('/')),
  );

  test('has the units of a folder with the same files, and refuses what that does', async () => {
    let found = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(name, { minLength: 1, maxLength: 12 }),
        more,
        below,
        async (names, spec, path) => {
          // A name cannot be a file and a folder.
          const files = names.filter((one) => !names.some((other) => other.startsWith(`${one}/`)));
          const { folder, storage } = bothWith(Object.fromEntries(files.map((one) => [one, one])));
          const local = await outcome(
            folder,
            discover(sourceOf(path === '' ? folder : `${folder}/${path}`, spec)),
          );
          const source = sourceOf(path === '' ? root : `${root}/${path}`, spec);
          const listed = await outcome(root, discoverIn(source, storagePlace(source, storage, root, path)));
          expect(listed).toEqual(local);
          if ('plain' in (local as object)) found += 1;
        },
      ),
      fuzz(300),
    );
    expect(found).toBeGreaterThan(10);
  });

  test('where nothing lies below the name is a source that is not there', async () => {
    const { storage } = bothWith({ 'a/x.txt': 'x' });
    const source = sourceOf(`${root}/b`);
    const error = await errorOf(discoverIn(source, storagePlace(source, storage, root, 'b')));
    expect(error).toMatchObject({ code: 'source-missing', exitCode: 2 });
    expect(error.message).toContain(`${root}/b`);
  });
});

test.each(['ftp://host/a.txt', 'azure://container/a.txt', 'S3:///a'])(
  'an address that is not read: %s',
  async (path) => {
    const error = await errorOf(discover(sourceOf(path)));
    expect(error).toMatchObject({ code: 'remote-address', exitCode: 2 });
    expect(error.cure).toContain('s3://BUCKET');
  },
);
