/** `mix.without`: what it says, where it is recorded, and what it refuses. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { ablate } from '../../src/build/ablate.ts';
import { build } from '../../src/build/build.ts';
import { planReport } from '../../src/build/plan/plan-report.ts';
import { planWarnings } from '../../src/build/plan/plan-warnings.ts';
import { verify } from '../../src/build/verify.ts';
import type { LongmixError } from '../../src/errors.ts';
import { parseAblation } from '../../src/recipe/ablation/parse-ablation.ts';
import { parseRecipe } from '../../src/recipe/parse-recipe.ts';
import { parseSetting } from '../../src/recipe/parse-setting.ts';
import { documentsFile, manifestFile, type ShardSetManifest } from '../../src/shard/format.ts';
import { writeDiskCorpus, writeDiskRecipe } from '../support/disk-corpus.ts';
import { failureOf } from '../support/error-of.ts';
import { temporaryFolder } from '../support/folder.ts';
import { longmix } from '../support/in-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'longmix-without-'));
const store = join(folder, 'store');
const keys = { store, sequences: { length: 128 }, tokens_per_step: 1024, shards: { size: '16KB' } };

async function buildIt(name: string, more: object, out = join(folder, name)) {
  const path = writeDiskRecipe(folder, name, { ...keys, ...more });
  return await build(parseRecipe(readFileSync(path, 'utf8'), path), out, { workers: 1 });
}

beforeAll(async () => {
  writeDiskCorpus(folder);
  await buildIt('earlier', {});
  await buildIt('stepless', { tokens_per_step: undefined });
  await buildIt('nameless', { shards: { provenance: false } });
  return () => rmSync(folder, { recursive: true, force: true });
}, 120_000);

/** A copy of the earlier build, to damage. */
function copied(): string {
  const out = join(temporaryFolder(), 'earlier');
  cpSync(join(folder, 'earlier'), out, { recursive: true });
  return out;
}

function changeManifest(set: string, change: (manifest: ShardSetManifest) => object): void {
  const file = join(set, manifestFile);
  const manifest = JSON.parse(readFileSync(file, 'utf8')) as ShardSetManifest;
  writeFileSync(file, JSON.stringify({ ...manifest, ...change(manifest) }));
}

describe('mix.without', () => {
  it('is in the plan, in the manifests and in the ledger, and the build verifies', async () => {
    const { plan, store: made, shardSets } = await buildIt('later', { mix: { without: './earlier@12' } });
    const [entry] = plan.without;
    expect(entry).toMatchObject({ name: 'earlier', steps: 12, rowsPerStep: null, absent: 0 });
    expect(entry!.sets).toEqual([{ name: 'train', read: 12 * 8, rows: expect.any(Number) as number }]);
    expect(entry!.documents).toBeGreaterThan(0);
    expect(entry!.unread).toBeLessThan(entry!.tokens);
    const { ledger, without } = shardSets[0]!;
    expect(ledger.dropped.already_read).toBe(entry!.tokens);
    expect(without).toEqual([
      { name: 'earlier', fingerprint: entry!.fingerprint, steps: 12, rowsPerStep: null },
    ]);
    expect((await verify(join(folder, 'later'), true)).faults).toEqual([]);
    const path = join(folder, 'later.yaml');
    const recipe = parseRecipe(readFileSync(path, 'utf8'), path);
    expect(planReport(recipe, made, plan).without).toEqual(plan.without);
    // Where the earlier build lies is nothing that decides rows.
    expect(JSON.stringify(planReport(recipe, made, plan))).not.toContain(folder);
  });

  it('is another build for another step, and says so', async () => {
    const out = join(folder, 'steps');
    const first = await buildIt('steps', { mix: { without: './earlier@5' } }, out);
    expect((await buildIt('steps', { mix: { without: './earlier@5' } }, out)).written).toBe(false);
    const error = await failureOf(buildIt('steps', { mix: { without: './earlier@6' } }, out));
    expect(error).toMatchObject({ code: 'build-mismatch' });
    expect(error.message).toContain('mix.without');
    const plain = await buildIt('plain', {});
    expect(plain.plan.fingerprint).not.toBe(first.plan.fingerprint);
  });

  it('is refused where the earlier build was made again, and says which', async () => {
    await buildIt('replaced', {});
    const later = () => buildIt('after-replaced', { mix: { without: './replaced@5' } });
    await later();
    rmSync(join(folder, 'replaced'), { recursive: true });
    await buildIt('replaced', { seed: 7 });
    const error = await failureOf(later());
    expect(error).toMatchObject({ code: 'build-mismatch' });
    expect(error.message).toContain('mix.without (replaced is another build now than when');
  });

  it('warns where the shards of the earlier build were replaced because its corpus has changed', async () => {
    const put = (i: number) => writeFileSync(join(folder, 'grows', `${i}.txt`), `page ${i} `.repeat(200));
    mkdirSync(join(folder, 'grows'));
    for (let i = 0; i < 20; i += 1) put(i);
    const sources = { pages: './grows' };
    const warnings = async (out: string) => {
      const { plan } = await buildIt('later', { sources, mix: { without: './grown@2' } }, join(folder, out));
      const path = join(folder, 'later.yaml');
      return planWarnings(parseRecipe(readFileSync(path, 'utf8'), path), plan).join('\n');
    };
    await buildIt('grown', { sources });
    expect(await warnings('before')).not.toContain('replaced');
    put(20);
    await buildIt('grown', { sources });
    expect(await warnings('after')).toMatch(
      /mix.without: the shards of grown were replaced on \d{4}-\d\d-\d\d, when its corpus had changed/,
    );
  });

  it('leaves out what any of several runs has read, and counts a document for the first', async () => {
    const early = './earlier@2';
    const both = await buildIt('both', {
      mix: { without: [early, { build: './stepless', steps: 3, rows_per_step: 16 }] },
    });
    const alone = await buildIt('alone', { mix: { without: early } });
    expect(both.plan.without[0]).toEqual(alone.plan.without[0]);
    const [a, b] = both.plan.without.map(({ tokens }) => tokens);
    expect(b).toBeGreaterThan(0);
    expect(both.plan.ledgers.train!.dropped.already_read).toBe(a! + b!);
    expect(both.plan.without[1]!.sets[0]!.read).toBe(48);
  });

  it('takes all rows where no step is said, and in the second epoch', async () => {
    const [all, second] = await Promise.all(
      ['./earlier', './earlier@100000'].map((without, i) =>
        failureOf(buildIt(`all-${i}`, { mix: { without } })),
      ),
    );
    // All documents of the corpus are in the earlier rows.
    expect([all!.code, second!.code]).toEqual(['mix-empty', 'mix-empty']);
    expect(all!.message).toMatch(/mix\.without leaves out \d+ documents, which earlier has read$/);
  });

  it('goes by the text alone where the tokenizer is another one', async () => {
    const more = { tokenizer: 'cl100k_base', store: join(folder, 'other-store') };
    const other = await buildIt('other', { ...more, mix: { without: './earlier@12' } });
    const same = await buildIt('same', { mix: { without: './earlier@12' } });
    const [a, b] = [other, same].map(({ plan }) => plan.without[0]!);
    expect(a!.documents).toBe(b!.documents);
    expect(a!.tokens).not.toBe(b!.tokens);
    expect(a!.absent).toBe(0);
  });

  it('takes a shard set by itself: what was held out then is not trained on now', async () => {
    await buildIt('held', { split: { validation: '20%' } });
    const { plan } = await buildIt('trained', { mix: { without: './held/validation' } });
    const held = JSON.parse(
      readFileSync(join(folder, 'held/validation', manifestFile), 'utf8'),
    ) as ShardSetManifest;
    expect(plan.without[0]!.tokens).toBe(held.ledger.packedOnce);
    expect(plan.without[0]!.unread).toBe(0);
  });

  it('finds keys in the token store where the list of documents has none', async () => {
    const old = copied();
    changeManifest(join(old, 'train'), () => ({
      documents: null,
      store: {
        ...(JSON.parse(readFileSync(join(old, 'train', manifestFile), 'utf8')) as ShardSetManifest).store,
        path: store,
      },
    }));
    const from = async (path: string, name: string) =>
      (await buildIt(name, { mix: { without: `${path}@12` } })).plan.without[0];
    expect(await from(old, 'old-lists')).toEqual(await from('./earlier', 'new-lists'));
    changeManifest(join(old, 'train'), ({ store: of }) => ({ store: { ...of, path: '../gone' } }));
    const error = await failureOf(from(old, 'no-lists'));
    expect(error).toMatchObject({ code: 'without-untraced', exitCode: 2 });
    expect(error.message).toContain('its token store is gone');
  });

  it('is a key of arms, and of --set', async () => {
    const path = join(folder, 'arms.yaml');
    writeDiskRecipe(folder, 'base', keys);
    writeFileSync(
      path,
      'base: base.yaml\narms:\n  all: {}\n  some: { mix: { without: ./earlier@10 } }\n  fewer: { mix: { without: [./earlier@20] } }\n',
    );
    const ablation = parseAblation(readFileSync(path, 'utf8'), path, (file) => readFileSync(file, 'utf8'));
    const { report } = await ablate(ablation, join(folder, 'arms'), { workers: 1, planOnly: true });
    const left = report.arms.map(({ without }) => without?.[0]?.documents ?? 0);
    expect(left[0]).toBe(0);
    expect(left[1]).toBeGreaterThan(0);
    expect(left[2]).toBeGreaterThan(left[1]!);

    const base = join(folder, 'base.yaml');
    const recipe = parseRecipe(readFileSync(base, 'utf8'), base, [parseSetting('mix.without=./earlier@10')]);
    expect(recipe.without).toEqual([{ path: join(folder, 'earlier'), steps: 10, rowsPerStep: null }]);
  });

  it('is shown by plan, with a warning where nothing was found', async () => {
    writeFileSync(join(folder, 'strange.txt'), 'Nobody has read this.');
    const path = join(folder, 'strange.yaml');
    writeFileSync(
      path,
      JSON.stringify({
        sources: { strange: 'strange.txt' },
        tokenizer: 'gpt2',
        sequences: { length: 8 },
        mix: { without: './earlier@3' },
      }),
    );
    const { stdout, code } = await longmix(['plan', path, '--out', join(folder, 'strange')]);
    expect(code).toBe(0);
    expect(stdout).toContain('left out: already read by');
    expect(stdout).toMatch(
      /warning: mix\.without: none of the \d+ documents that earlier has read is in this corpus/,
    );
  });
});

describe('mix.without refuses', () => {
  const refused = async (name: string, without: unknown): Promise<LongmixError> =>
    await failureOf(buildIt(`refused-${name}`, { mix: { without } }));

  it('a step of a build whose trainer chose the rows of a step', async () => {
    const error = await refused('stepless', './stepless@5');
    expect(error).toMatchObject({ code: 'without-steps', exitCode: 2 });
    expect(error.cure).toContain('rows_per_step');
  });

  it('a step of one shard set of a build, and names the build', async () => {
    const error = await refused('set', './earlier/train@5');
    expect(error).toMatchObject({ code: 'without-steps', exitCode: 2 });
    expect(error.message).toContain('it is one shard set of a build');
    expect(error.cure).toBe(`name the build: ${join(folder, 'earlier')}@5`);
  });

  it.each([
    ['./earlier@1K', 'if the part after @ is meant as steps, write them in digits: out/earlier@1200'],
    [{ build: './earlier@5' }, 'steps have a key of their own: { build: '],
  ])('steps that are a part of the path: %j', async (without, cure) => {
    const error = await refused('misspelt', without);
    expect(error).toMatchObject({ code: 'without-steps', exitCode: 2 });
    expect(error.cure).toContain(cure);
  });

  it('rows per step that are not those of the schedule', async () => {
    const error = await refused('rows', { build: './earlier', steps: 5, rows_per_step: 3 });
    expect(error).toMatchObject({ code: 'rows-per-step-invalid' });
    expect(error.message).toMatch(/^mix\.without: /);
  });

  it('a build without provenance', async () => {
    const error = await refused('nameless', './nameless@5');
    expect(error).toMatchObject({ code: 'without-untraced', exitCode: 2 });
    expect(error.message).toContain('provenance: false');
  });

  it('a folder with nothing finished in it, and an ablation', async () => {
    expect(await refused('missing', './nowhere@5')).toMatchObject({ code: 'shards-missing' });
    await ablate(
      parseAblation('base: base.yaml\narms: { one: {} }', join(folder, 'arms-built.yaml'), () =>
        JSON.stringify({ tokenizer: 'gpt2', sources: { stories: 'stories' }, sequences: { length: 128 } }),
      ),
      join(folder, 'arms-built'),
      { workers: 1, planOnly: false },
    );
    const error = await refused('arms', './arms-built@5');
    expect(error).toMatchObject({ code: 'shards-missing' });
    expect(error.cure).toContain('name the arm');
  });

  it('an address', async () => {
    const error = await refused('address', 's3://bucket/out/earlier@5');
    expect(error).toMatchObject({ code: 'remote-unsupported', exitCode: 2 });
  });

  it('the folder that is built, and one inside it', async () => {
    for (const path of ['refused-itself', 'refused-itself/train'])
      expect(await refused('itself', `./${path}@5`)).toMatchObject({ code: 'without-output', exitCode: 2 });
  });

  it.each([
    ['a changed list of documents', (out: string) => flipByte(join(out, 'train', documentsFile), 60)],
    ['a list of documents that is gone', (out: string) => rmSync(join(out, 'train', documentsFile))],
    ['a shard that is gone', (out: string) => rmSync(join(out, 'train', shardOf(out)))],
    ['a shard that ends early', (out: string) => truncate(join(out, 'train', shardOf(out)))],
    [
      'documents that the list does not have',
      (out: string) => {
        const other = join(folder, 'other-list');
        cpSync(join(other, 'train', documentsFile), join(out, 'train', documentsFile));
        const { documents } = JSON.parse(
          readFileSync(join(other, 'train', manifestFile), 'utf8'),
        ) as ShardSetManifest;
        changeManifest(join(out, 'train'), () => ({ documents }));
      },
    ],
  ])('%s', async (_, damage) => {
    await buildIt('other-list', { mix: { tokens: 2000, method: 'drop', redistribute: 'over-all' } });
    const out = copied();
    damage(out);
    const error = await refused('damaged', `${out}@12`);
    expect(error).toMatchObject({ code: 'shards-damaged', exitCode: 1 });
    expect(error.message).toMatch(/^mix\.without: /);
  });

  it('a schedule of other rows', async () => {
    const out = copied();
    const file = join(out, 'schedule.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace(/"rows": *\d+/, '"rows": 7'));
    expect(await refused('schedule', `${out}@12`)).toMatchObject({ code: 'build-mixed', exitCode: 1 });
  });
});

function shardOf(out: string): string {
  const { shards } = JSON.parse(readFileSync(join(out, 'train', manifestFile), 'utf8')) as ShardSetManifest;
  return shards[0]!.name;
}

function flipByte(file: string, at: number): void {
  const bytes = readFileSync(file);
  bytes[at]! ^= 1;
  writeFileSync(file, bytes);
}

function truncate(file: string): void {
  writeFileSync(file, readFileSync(file).subarray(0, 3000));
}
