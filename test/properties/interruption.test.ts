/**
 * A build that is killed at any time and run again has the same bytes, and never looks finished too early. Needs dist/.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { verify } from '../../src/build/verify.ts';
import { longmix, longmixOk } from '../support/command.ts';
import { writeDiskCorpus, writeDiskRecipe } from '../support/disk-corpus.ts';
import { hashes, temporaryFolder } from '../support/folder.ts';
import { fuzzTimeout } from '../support/fuzz.ts';

const more = Math.max(0, Number(process.env.LONGMIX_FUZZ ?? 1) - 1);

/** Parts that are done, by their receipts: file -> inode, which a rename changes. Before that a receipt only names the files. */
function finishedParts(out: string): Map<string, number> {
  const notes = join(out, 'store', '.longmix');
  const receipts = existsSync(notes)
    ? readdirSync(notes).filter((name) => /^part-[0-9a-f]{16}\.json$/.test(name))
    : [];
  const isDone = (name: string) => JSON.parse(readFileSync(join(notes, name), 'utf8')).result !== null;
  const parts = receipts.filter(isDone);
  return new Map(
    parts.map((name) => {
      const file = join(out, 'store', name.replace('.json', '.tokens'));
      return [file, statSync(file).ino];
    }),
  );
}

/** What is marked as finished must be it. */
async function expectNoFalseFinish(out: string, finished: Record<string, string>): Promise<void> {
  const found = existsSync(out) ? hashes(out) : {};
  for (const split of ['train', 'validation']) {
    if (found[`${split}/manifest.json`] === undefined) continue;
    expect((await verify(join(out, split), true)).faults).toEqual([]);
  }
  if (found['store/store.json'] !== undefined)
    expect((await verify(join(out, 'store'), true)).faults).toEqual([]);
  if (found['dataset_dict.json'] !== undefined) expect(found).toEqual(finished);
}

function has(folder: string, name: RegExp, atLeast = 1): boolean {
  return existsSync(folder) && readdirSync(folder).filter((found) => name.test(found)).length >= atLeast;
}

it(
  'a build that is killed again and again ends with the bytes of one that was not, and redoes no finished part',
  async () => {
    const folder = temporaryFolder();
    writeDiskCorpus(folder);
    // A source makes a part: twelve, so that some are done when others are not.
    const sources = Array.from({ length: 12 }, (_, s) => [
      `s${s}`,
      s % 2 === 0 ? 'stories' : 'notes/*.jsonl',
    ]);
    const recipe = writeDiskRecipe(folder, 'killed', {
      sources: Object.fromEntries(sources),
      split: { validation: '10%' },
      mix: { length: { threshold: 300, scope: 'global', long_share: '60%' } },
      sequences: { length: 256 },
      shards: { size: '10KB' },
    });
    const args = (out: string) => ['build', recipe, '--out', join(folder, out), '--workers', '2', '--quiet'];
    const began = performance.now();
    await longmixOk(args('whole'));
    const ms = performance.now() - began;
    const whole = hashes(join(folder, 'whole'));

    const out = join(folder, 'killed');
    const store = join(out, 'store');
    const receipts = /^part-[0-9a-f]{16}\.json$/;
    const temporary = /\.tmp$/;
    let end = 0;
    /** Moments to be killed at, one after the other; what is finished is kept from one to the next. */
    const moments: (() => boolean)[] = [
      () => has(store, temporary),
      () => has(join(store, '.longmix'), receipts, 1),
      () => has(join(store, '.longmix'), receipts, 4) && has(store, temporary),
      () => has(join(out, 'train'), temporary),
      () => has(join(out, 'train'), /^data-.*arrow$/, 3),
      () => has(join(out, 'validation'), /^/),
      ...Array.from({ length: more }, () => () => performance.now() > end),
    ];
    let kept = 0;
    let swept = 0;
    for (const moment of moments) {
      const before = finishedParts(out);
      const unfinished = !existsSync(join(store, 'store.json'));
      if (has(store, temporary) || has(join(out, 'train'), temporary)) swept += 1;
      end = performance.now() + ms * Math.random();
      const { code } = await longmix(args('killed'), { killWhen: moment });
      expect([null, 0]).toContain(code);
      await expectNoFalseFinish(out, whole);
      for (const [file, inode] of before) expect(statSync(file).ino).toBe(inode);
      if (unfinished) kept += before.size;
    }
    await longmixOk(args('killed'));
    expect(hashes(out)).toEqual(whole);
    // Else nothing was seen.
    expect(kept).toBeGreaterThan(0);
    expect(swept).toBeGreaterThan(0);
  },
  fuzzTimeout(90_000),
);

it(
  'a build that gathers its tokens and is killed again and again ends with the bytes of one that does neither',
  async () => {
    const folder = temporaryFolder();
    writeDiskCorpus(folder, { scale: 4 });
    const recipe = writeDiskRecipe(folder, 'gathered', {
      split: { validation: '10%' },
      mix: { length: { threshold: 300, scope: 'global', long_share: '60%' } },
      sequences: { length: 256 },
      shards: { size: '20KB' },
      store: 'store',
    });
    const args = (out: string, ...more: string[]) => [
      ...['build', recipe, '--out', join(folder, out), '--quiet', '--gather', ...more],
    ];
    await longmixOk(args('direct', 'never', '--workers', '2'));
    const direct = hashes(join(folder, 'direct'));
    for (const workers of ['1', '5']) {
      await longmixOk(args(`gathered-${workers}`, 'always', '--workers', workers));
      expect(hashes(join(folder, `gathered-${workers}`))).toEqual(direct);
      expect(gatheredIn(join(folder, `gathered-${workers}`))).toEqual([]);
    }

    const out = join(folder, 'killed');
    const train = join(out, 'train');
    const receipts = () => gatheredIn(out).filter((name) => /stretch-\d+\.json$/.test(name));
    const files = () => gatheredIn(out).filter((name) => name.endsWith('.tokens'));
    const moments: (() => boolean)[] = [
      () => gatheredIn(out).some((name) => name.endsWith('.tmp')),
      () => receipts().length > 0,
      () => receipts().length > 4,
      () => has(train, /\.tmp$/),
      () => has(train, /^data-.*arrow$/, 3),
      () => has(train, /^manifest/),
    ];
    let kept = 0;
    for (const moment of moments) {
      const inode = new Map(files().map((name) => [name, statSync(name).ino]));
      const done = new Set(receipts().map((name) => name.replace('/.longmix/stretch', '/stretch')));
      const { code } = await longmix(args('killed', 'always', '--workers', '2'), { killWhen: moment });
      expect([null, 0]).toContain(code);
      await expectNoFalseFinish(out, direct);
      for (const name of files().filter((file) => done.has(file.replace('.tokens', '.json')))) {
        expect(statSync(name).ino).toBe(inode.get(name));
        kept += 1;
      }
    }
    expect(kept).toBeGreaterThan(0);
    await longmixOk(args('killed', 'always', '--workers', '2'));
    expect(hashes(out)).toEqual(direct);
    expect(gatheredIn(out)).toEqual([]);

    // The files of a build that gathered and was killed go, even if the next run reads the store directly.
    const other = join(folder, 'other');
    await longmix(args('other', 'always', '--workers', '1'), {
      killWhen: () => gatheredIn(other).some((name) => name.endsWith('.json')),
    });
    await longmixOk(args('other', 'never', '--workers', '1'));
    expect(hashes(other)).toEqual(direct);
    expect(gatheredIn(other)).toEqual([]);
  },
  fuzzTimeout(180_000),
);

/** Files of gathered tokens below an output, with their notes. */
function gatheredIn(out: string): string[] {
  const notes = join(out, '.longmix');
  try {
    const folders = readdirSync(notes).filter((name) => name.startsWith('gather-'));
    return folders.flatMap((name) =>
      readdirSync(join(notes, name), { recursive: true, encoding: 'utf8' }).map((file) =>
        join(notes, name, file),
      ),
    );
  } catch (error) {
    // The build may remove them at any time.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

it('a build that is done says so and writes nothing', async () => {
  const folder = temporaryFolder();
  writeDiskCorpus(folder);
  const recipe = writeDiskRecipe(folder, 'twice', { sequences: { length: 512 } });
  const args = ['build', recipe, '--out', join(folder, 'out'), '--workers', '1'];
  const first = await longmixOk(args);
  expect(first.stderr).toContain('Built twice');
  const times = () =>
    Object.keys(hashes(join(folder, 'out'))).map((file) => statSync(join(folder, 'out', file)).mtimeMs);
  const before = times();
  const second = await longmixOk(args);
  expect(second.stderr).toContain('Already built');
  expect(times()).toEqual(before);
  // `--json` says the same to a program.
  const { stdout } = await longmixOk([...args, '--json', '--quiet']);
  expect(JSON.parse(stdout)).toMatchObject({ written: false, name: 'twice' });
  expect(JSON.parse(readFileSync(join(folder, 'out', 'plan.json'), 'utf8'))).toMatchObject({ name: 'twice' });
});
