/** What has changed is seen: shards follow a corpus that has changed; a recipe that differs is refused before it is tokenized. */
import {
  closeSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { noProgress } from '../../src/base/progress.ts';
import { type BuildResult, build } from '../../src/build/build.ts';
import { ensureStore } from '../../src/build/store/token-store.ts';
import { verify } from '../../src/build/verify.ts';
import { LongmixError } from '../../src/errors.ts';
import { parseRecipe } from '../../src/recipe/parse-recipe.ts';
import { recipeFrom } from '../../src/recipe/recipe-from.ts';
import { diskSources, writeDiskCorpus, writeDiskRecipe } from '../support/disk-corpus.ts';
import { hashes, temporaryFolder } from '../support/folder.ts';
import { longmix, longmixOk } from '../support/in-process.ts';
import { partsOf } from '../support/store-files.ts';
import { smallFile } from '../tokenize/small-file.ts';

const small = { sequences: { length: 512 } };

interface Made {
  readonly folder: string;
  readonly out: string;
  /** Builds the recipe as it stands now. */
  build(more?: { fresh: boolean }): Promise<BuildResult>;
  /** What was said of it. */
  said(): string[];
}

async function builtOnce(): Promise<Made> {
  const folder = temporaryFolder();
  writeDiskCorpus(folder);
  const path = writeDiskRecipe(folder, 'mix', small);
  const out = join(folder, 'out');
  let said: string[] = [];
  const progress = { ...noProgress, note: (text: string) => void said.push(text) };
  const made: Made = {
    folder,
    out,
    build(more) {
      said = [];
      return build(parseRecipe(readFileSync(path, 'utf8'), path), out, { workers: 1, progress, ...more });
    },
    said: () => said,
  };
  await made.build();
  return made;
}

async function refusal(work: Promise<unknown>): Promise<LongmixError> {
  const error = await work.then(
    () => null,
    (cause: unknown) => cause,
  );
  if (error instanceof LongmixError) return error;
  throw error ?? new Error('it was not refused');
}

describe('a build over another', () => {
  it('of a changed recipe is refused, and leaves what is there; --fresh replaces it', async () => {
    const { folder, out } = await builtOnce();
    const before = hashes(out);
    const recipe = writeDiskRecipe(folder, 'mix', { ...small, seed: 1 });
    const args = (to: string) => ['build', recipe, '--out', to, '--workers', '1', '--quiet'];
    const refused = await longmix(args(out));
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('holds finished shards of something else; what differs: seed');
    expect(refused.stderr).toContain('--fresh');
    expect(refused.stderr).not.toContain('    at ');
    expect(hashes(out)).toEqual(before);

    // The corpus is the same: its tokens are kept, and the part is not written again.
    const part = join(out, 'store', partsOf(join(out, 'store'))[0]!);
    const written = statSync(part).mtimeMs;
    await longmixOk([...args(out), '--fresh']);
    expect(statSync(part).mtimeMs).toBe(written);
    await longmixOk(args(join(folder, 'other')));
    expect(hashes(out)).toEqual(hashes(join(folder, 'other')));
  });

  it.each([
    { key: 'splitBy', more: { split: { validation: '20%', by: 'group' } } },
    { key: 'weightBy', more: { mix: { weight_by: 'field:size' } } },
    { key: 'phases', more: { phases: { a: { tokens: '50%' }, b: { tokens: '50%' } } } },
  ])(
    'of a recipe that no longer has $key is refused, also where the corpus has grown',
    async ({ key, more }) => {
      const folder = temporaryFolder();
      const file = join(folder, 'a.jsonl');
      const line = (i: number) =>
        `${JSON.stringify({ text: `${i} and so on`, group: `g${i % 9}`, size: 1 })}\n`;
      writeFileSync(file, Array.from({ length: 60 }, (_, i) => line(i)).join(''));
      const out = join(folder, 'out');
      const run = (more: object) => {
        const sources = { a: { path: './a.jsonl', group: 'group', columns: ['size'] } };
        const recipe = { sources, split: { validation: '20%' }, sequences: { length: 64 }, ...more };
        return build(recipeFrom(recipe, { directory: folder }), out, { workers: 1 });
      };
      await run(more);
      writeFileSync(file, line(60), { flag: 'a' });
      const before = hashes(out);
      const { code, message } = await refusal(run({}));
      expect(code).toBe('build-mismatch');
      expect(message).toMatch(new RegExp(`what differs: ${key}$`));
      expect(hashes(out)).toEqual(before);
    },
  );

  it.each([
    {
      what: 'changed, of the same size',
      words: '1 changed',
      change: (folder: string) => {
        const path = join(folder, 'stories/1/5.txt');
        writeFileSync(path, readFileSync(path, 'utf8').replace('5: ', '6: '));
        utimesSync(path, new Date(), new Date(Date.now() + 5000));
      },
    },
    {
      what: 'changed, and its time set back',
      words: '1 changed',
      change: (folder: string) => {
        const path = join(folder, 'stories/1/5.txt');
        const { atime, mtime } = statSync(path);
        writeFileSync(path, readFileSync(path, 'utf8').replace('5: ', '6: '));
        utimesSync(path, atime, mtime);
      },
    },
    {
      what: 'of another size',
      words: '1 changed',
      change: (folder: string) => writeFileSync(join(folder, 'notes/1.jsonl'), '{"text":"short"}'),
    },
    {
      what: 'gone',
      words: '1 gone',
      change: (folder: string) => rmSync(join(folder, 'stories/0/0.txt')),
    },
    {
      what: 'new',
      words: '+1 file',
      change: (folder: string) => writeFileSync(join(folder, 'stories/new.txt'), 'new'),
    },
    {
      what: 'called something else',
      words: '1 changed',
      change: (folder: string) =>
        renameSync(join(folder, 'joined/1/part-1.md'), join(folder, 'joined/1/part-1a.md')),
    },
  ])('of an input that is $what is told, and made anew without --fresh', async ({ words, change }) => {
    const { folder, out, build: again, said } = await builtOnce();
    const before = hashes(join(out, 'train'));
    change(folder);
    expect((await again()).written).toBe(true);
    expect(said()).toEqual([
      expect.stringMatching(new RegExp(`^corpus: ${words.replace('+', '\\+')}: \\d+\\.\\d% to tokenize$`)),
      expect.stringMatching(/the shards in .*out are of the corpus as it was: they are replaced/),
    ]);
    expect(hashes(join(out, 'train'))).not.toEqual(before);
    expect((await again()).written).toBe(false);
    // Nothing of what was before is in it.
    const path = join(folder, 'mix.yaml');
    await build(parseRecipe(readFileSync(path, 'utf8'), path), join(folder, 'other'), { workers: 1 });
    expect(hashes(join(out, 'train'))).toEqual(hashes(join(folder, 'other/train')));
    expect((await verify(out, true)).faults).toEqual([]);
  });

  it('of an input that was written to while it was read is read again', async () => {
    const folder = temporaryFolder();
    const text = 'grey stones by the river '.repeat(50_000);
    writeFileSync(join(folder, 'a.jsonl'), `${JSON.stringify({ text })}\n`.repeat(4));
    const recipe = parseRecipe('sources: { a: a.jsonl }', join(folder, 'mix.yaml'));
    const store = join(folder, 'store');
    let wrote = false;
    const advance = () => {
      if (wrote) return;
      wrote = true;
      const descriptor = openSync(join(folder, 'a.jsonl'), 'r+');
      writeSync(descriptor, 'G', 10);
      closeSync(descriptor);
    };
    await ensureStore(recipe, store, { workers: 1, progress: { ...noProgress, advance } });
    expect(wrote).toBe(true);
    const again = await ensureStore(recipe, store, { workers: 1 });
    const once = await ensureStore(recipe, join(folder, 'once'), { workers: 1 });
    expect(again.manifest).toEqual(once.manifest);
  });

  it.each(['plan.json', 'dataset_dict.json', 'train/state.json', 'train/dataset_info.json'])(
    'of which %s is gone makes it again',
    async (name) => {
      const { out, build: again } = await builtOnce();
      const before = hashes(out);
      rmSync(join(out, name));
      expect((await again()).written).toBe(true);
      expect(hashes(out)).toEqual(before);
    },
  );

  it('of inputs that were only touched is the same build', async () => {
    const { folder, build: again } = await builtOnce();
    utimesSync(join(folder, 'stories/1/5.txt'), new Date(), new Date(Date.now() + 5000));
    expect((await again()).written).toBe(false);
  });

  it.each([
    ['with another tokenizer', { tokenizer: 'p50k_base' }, 'tokenizer'],
    ['with a source more', { sources: { ...diskSources, more: 'mixed.jsonl' } }, 'sources'],
    [
      'with a source read otherwise',
      { sources: { ...diskSources, notes: { path: 'notes/*.jsonl', text: 'id' } } },
      'sources',
    ],
    [
      'with a source in another format',
      { sources: { ...diskSources, notes: { path: 'notes/*.jsonl', format: 'text' } } },
      'sources',
    ],
  ])('%s is refused before anything is tokenized', async (_, change, words) => {
    const { folder, out, build: again, said } = await builtOnce();
    const before = hashes(out);
    writeDiskRecipe(folder, 'mix', { ...small, ...change });
    const refused = await refusal(again());
    expect(refused).toMatchObject({ code: 'build-mismatch', exitCode: 2 });
    expect(refused.message).toContain(`what differs: ${words}`);
    expect(said()).toEqual([]);
    expect(hashes(out)).toEqual(before);
    // Back again, nothing is to be done.
    writeDiskRecipe(folder, 'mix', small);
    expect((await again()).written).toBe(false);
  });

  it('with its sources in another order is another build of the same tokens', async () => {
    const { folder, out, build: again, said } = await builtOnce();
    const store = readFileSync(join(out, 'store/store.json'), 'utf8');
    writeDiskRecipe(folder, 'mix', {
      ...small,
      sources: Object.fromEntries(Object.entries(diskSources).reverse()),
    });
    expect((await refusal(again())).code).toBe('build-mismatch');
    expect(said()).toEqual([]);
    expect(readFileSync(join(out, 'store/store.json'), 'utf8')).toBe(store);
  });
});

/** No name that is known for an end, so that the file beside the tokenizer decides. */
const vocabularyFile = smallFile('llama3', 500);
/** Hugging Face's library numbers added tokens from the end of the vocabulary on. */
const firstId = Object.keys(vocabularyFile.model.vocab).length;
const specials = ['<one>', '<two>'].map((content, i) => ({ id: firstId + i, content, special: true }));

describe("a store, and the tokenizer's tokens that begin and end a row", () => {
  /** @param eos what the config says; undefined: nothing */
  function write(folder: string, eos: string | undefined, sequences: object): Made['build'] {
    writeFileSync(join(folder, 'tokenizer_config.json'), JSON.stringify({ eos_token: eos }));
    const tokenizer = { file: './tokenizer.json' };
    const path = writeDiskRecipe(folder, 'mix', { tokenizer, sequences: { length: 512, ...sequences } });
    return (more) =>
      build(parseRecipe(readFileSync(path, 'utf8'), path), join(folder, 'out'), { workers: 1, ...more });
  }

  function corpus(): string {
    const folder = temporaryFolder();
    writeDiskCorpus(folder);
    const file = { ...vocabularyFile, added_tokens: specials };
    writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify(file));
    return folder;
  }

  it('has rows that end as the config says now, and tells shards that end otherwise', async () => {
    const folder = corpus();
    expect((await write(folder, '<one>', {})()).shardSets[0]!.eosId).toBe(firstId);
    const again = write(folder, '<two>', {});
    expect((await refusal(again())).message).toContain('what differs: the ids of BOS and EOS');
    const part = join(folder, 'out/store', partsOf(join(folder, 'out/store'))[0]!);
    const before = statSync(part).mtimeMs;
    expect((await again({ fresh: true })).shardSets[0]!.eosId).toBe(firstId + 1);
    expect(statSync(part).mtimeMs).toBe(before);
  });

  it('takes an EOS that the config has got since', async () => {
    const folder = corpus();
    const [built] = (await write(folder, undefined, { eos: false })()).shardSets;
    expect(built!.eosId).toBe(null);
    rmSync(join(folder, 'out/train'), { recursive: true });
    expect((await write(folder, '<two>', { eos: true })()).shardSets[0]!.eosId).toBe(firstId + 1);
  });
});
