/** No command changes a single byte in a folder that longmix didn't write. */
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { ablate } from '../../src/build/ablate.ts';
import { build } from '../../src/build/build.ts';
import { ensureStore } from '../../src/build/store/token-store.ts';
import { verify } from '../../src/build/verify.ts';
import { LongmixError } from '../../src/errors.ts';
import { parseAblation } from '../../src/recipe/ablation/parse-ablation.ts';
import { parseRecipe } from '../../src/recipe/parse-recipe.ts';
import { temporaryFolder } from '../support/folder.ts';
import { fuzz, fuzzTimeout } from '../support/fuzz.ts';

const corpus = mkdtempSync(join(tmpdir(), 'longmix-ownership-'));
const recipeText = JSON.stringify({
  name: 'mine',
  tokenizer: 'gpt2',
  sources: { s: join(corpus, 'a.jsonl') },
  split: { validation: '20%' },
  sequences: { length: 16 },
});
const lines = Array.from({ length: 40 }, (_, i) => JSON.stringify({ text: `document ${i} of a corpus` }));
writeFileSync(join(corpus, 'a.jsonl'), lines.join('\n'));
writeFileSync(join(corpus, 'r.yaml'), recipeText);
afterAll(() => rmSync(corpus, { recursive: true, force: true }));

const recipe = parseRecipe(recipeText, join(corpus, 'r.yaml'));
const ablation = parseAblation(
  JSON.stringify({ name: 'arms', base: 'r.yaml', arms: { one: { seed: 1 }, two: { seed: 2 } } }),
  join(corpus, 'arms.yaml'),
  (path) => readFileSync(path, 'utf8'),
);
const options = { workers: 1 };

/** What people keep in folders, at names that longmix writes, too. */
const contents = ['{}', '{"splits":["train"]}', '{"format":"other"}', '[1]', 'not json', '', '\u0000\u0001'];
const inSets = [
  'data-00000-of-00001.arrow',
  'data-00003-of-00007.arrow',
  'dataset_info.json',
  'state.json',
  'documents.parquet',
  'manifest.json',
  'cache-0123abcd.arrow',
  'notes.txt',
];
const sets = ['train', 'train_x', 'validation', 'train.256', 'one/train', 'two/validation', 'test'];
const atTop = ['dataset_dict.json', 'plan.json', 'schedule.json', 'ablation.json', 'README.md', '.git/HEAD'];
const inStores = [
  ...['store.json', 'part-00000.tokens', 'part-00000.docs.arrow'],
  ...['part-0123456789abcdef.tokens', 'part-0123456789abcdef.docs.arrow'],
];
const paths = [
  ...atTop,
  ...inStores,
  ...inStores.map((name) => `store/${name}`),
  ...sets.flatMap((set) => inSets.map((name) => `${set}/${name}`)),
  ...['one/plan.json', 'two/dataset_dict.json', 'train/inner/data-00000-of-00001.arrow'],
];
const foreignFiles = fc.uniqueArray(
  fc.record({
    path: fc.constantFrom(...paths),
    content: fc.constantFrom(...contents),
    mode: fc.constantFrom(0o644, 0o444),
  }),
  { minLength: 1, maxLength: 8, selector: ({ path }) => path },
);
/** Folders that are links to a folder elsewhere. */
const links = fc.option(fc.constantFrom('train', 'validation', 'store', 'one', 'train_x'), { nil: null });

const commands: Readonly<Record<string, (out: string) => Promise<unknown>>> = {
  build: (out) => build(recipe, out, options),
  'build --fresh': (out) => build(recipe, out, { ...options, fresh: true }),
  tokenize: (out) => ensureStore(recipe, out, options),
  'tokenize --fresh': (out) => ensureStore(recipe, out, { ...options, fresh: true }),
  ablate: (out) => ablate(ablation, out, { ...options, planOnly: false }),
  'ablate --fresh': (out) => ablate(ablation, out, { ...options, planOnly: false, fresh: true }),
};

describe("a folder of somebody else's", () => {
  it(
    'keeps every byte, whatever the command',
    async () => {
      let refused = 0;
      await fc.assert(
        fc.asyncProperty(
          foreignFiles,
          links,
          fc.constantFrom(...Object.keys(commands)),
          async (files, link, command) => {
            const root = mkdtempSync(join(tmpdir(), 'longmix-foreign-'));
            try {
              const out = join(root, 'out');
              mkdirSync(out);
              if (link !== null) linkTo(join(root, 'elsewhere'), join(out, link));
              for (const { path, content, mode } of files) put(join(out, path), content, mode);
              const before = snapshot(root);
              try {
                await commands[command]!(out);
              } catch (error) {
                if (!(error instanceof LongmixError)) throw error;
                expect(error.message).not.toBe('');
                refused += 1;
              }
              const after = snapshot(root);
              const changed = Object.keys(before).filter((path) => after[path] !== before[path]);
              expect(changed, command).toEqual([]);
            } finally {
              rmSync(root, { recursive: true, force: true });
            }
          },
        ),
        fuzz(50),
      );
      // The names are those that matter: most of these folders can't be written to.
      expect(refused).toBeGreaterThan(20);
    },
    fuzzTimeout(120_000),
  );

  it('is refused with its file, its rule and a cure', async () => {
    const out = temporaryFolder();
    put(join(out, 'dataset_dict.json'), '{"splits": ["train"]}', 0o644);
    await expect(build(recipe, out, options)).rejects.toMatchObject({
      code: 'folder-foreign',
      message: expect.stringContaining('dataset_dict.json, which longmix did not write'),
    });
  });
});

describe("a folder of longmix's", () => {
  it('is built into again, with files of its user left alone', async () => {
    const out = temporaryFolder();
    await build(recipe, out, options);
    const extra = ['notes.txt', 'train/cache-0123abcd.arrow', 'train/data-00003-of-00007.arrow'];
    for (const path of extra) put(join(out, path), 'mine', 0o644);
    const other = parseRecipe(recipeText.replace('"length":16', '"length":32'), join(corpus, 'r.yaml'));
    await build(other, out, { ...options, fresh: true });
    for (const path of extra) expect(readFileSync(join(out, path), 'utf8')).toBe('mine');
    // It stands beside the shards, which `verify` reports.
    expect((await verify(out, true)).faults).toEqual([expect.stringContaining('data-00003-of-00007.arrow')]);
  });

  it('is known when its manifests are damaged or its plan is gone', async () => {
    const out = temporaryFolder();
    await build(recipe, out, options);
    writeFileSync(join(out, 'train/manifest.json'), '{"format":');
    await build(recipe, out, { ...options, fresh: true });
    rmSync(join(out, 'plan.json'));
    await build(recipe, out, { ...options, fresh: true });
    expect((await verify(out, true)).faults).toEqual([]);
  });

  it('loses the shards of an interrupted build of something else, and nothing that no record names', async () => {
    const out = temporaryFolder();
    const train = join(out, 'train');
    put(join(train, '.longmix/planned-files.json'), '{"files":["data-00001-of-00009.arrow","../x"]}', 0o644);
    put(join(train, 'data-00001-of-00009.arrow'), 'half', 0o644);
    put(join(train, 'data-00002-of-00009.arrow'), 'mine', 0o644);
    put(join(out, 'x'), 'mine', 0o644);
    await build(recipe, out, options);
    expect(existsSync(join(train, 'data-00001-of-00009.arrow'))).toBe(false);
    expect(readFileSync(join(train, 'data-00002-of-00009.arrow'), 'utf8')).toBe('mine');
    expect(readFileSync(join(out, 'x'), 'utf8')).toBe('mine');
  });
});

describe('an ablation that was interrupted', () => {
  it('has no record over arms of two kinds', async () => {
    const out = temporaryFolder();
    await ablate(ablation, out, { ...options, planOnly: false });
    expect((await verify(out, false)).faults).toEqual([]);
    const stop = new AbortController();
    const changed = {
      ...ablation,
      arms: ablation.arms.map((arm) => ({ ...arm, recipe: { ...arm.recipe, seed: 99 } })),
    };
    const begun: string[] = [];
    const progress = {
      start: (stage: string) => {
        begun.push(stage);
        // The first arm is written, the second is not.
        if (stage.startsWith('two: ')) stop.abort(new Error('stopped'));
      },
      advance: () => {},
      end: () => {},
      note: () => {},
      aside: () => {},
    };
    const run = ablate(changed, out, {
      ...options,
      planOnly: false,
      fresh: true,
      signal: stop.signal,
      progress,
    });
    await expect(run).rejects.toThrow();
    expect(begun.some((stage) => stage.startsWith('one: '))).toBe(true);
    expect(existsSync(join(out, 'ablation.json'))).toBe(false);
    await ablate(changed, out, { ...options, planOnly: false, fresh: true });
    expect((await verify(out, false)).faults).toEqual([]);
  });

  it('is reported where an arm was built by itself since', async () => {
    const out = temporaryFolder();
    await ablate(ablation, out, { ...options, planOnly: false });
    const other = { ...ablation.arms[0]!.recipe, seed: 12_345 };
    await build(other, join(out, 'one'), { ...options, fresh: true });
    expect((await verify(out, false)).faults.join('\n')).toContain(
      'differ from those that ablation.json describes',
    );
  });
});

function put(path: string, content: string, mode: number): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  chmodSync(path, mode);
}

/** A link to a folder that holds what longmix would replace if it followed the link. */
function linkTo(target: string, link: string): void {
  for (const name of [...inSets, ...inStores]) put(join(target, name), `elsewhere ${name}`, 0o644);
  symlinkSync(target, link);
}

/** Every file and link below: what it is and holds. */
function snapshot(folder: string, below = ''): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of readdirSync(join(folder, below))) {
    const path = join(below, name);
    const stat = lstatSync(join(folder, path));
    if (stat.isSymbolicLink()) found[path] = `link ${readlinkSync(join(folder, path))}`;
    else if (stat.isDirectory()) Object.assign(found, snapshot(folder, path));
    else
      found[path] = `${stat.mode} ${createHash('sha256')
        .update(readFileSync(join(folder, path)))
        .digest('hex')}`;
  }
  return found;
}
