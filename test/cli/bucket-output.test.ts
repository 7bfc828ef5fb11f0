/** Outputs and token stores in a bucket, in the built command with its threads, against a real S3 server. */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { expectMessage, longmix, longmixOk, start } from '../support/command.ts';
import { writeDiskCorpus, writeDiskRecipe } from '../support/disk-corpus.ts';
import { allFaults, startFaultProxy } from '../support/fault-proxy.ts';
import { hashes, temporaryFolder } from '../support/folder.ts';
import { fuzzTimeout } from '../support/fuzz.ts';
import { type S3Server, s3Missing, startS3 } from '../support/s3-server.ts';

const missing = s3Missing();
const more = Math.max(0, Number(process.env.LONGMIX_FUZZ ?? 1) - 1);
let server: S3Server;

beforeAll(async () => {
  if (missing === null) server = await startS3('bucket');
});

beforeEach(() => {
  for (const [name, value] of Object.entries(server?.environment ?? {})) vi.stubEnv(name, value);
  onTestFinished(() => void vi.unstubAllEnvs());
});

const keys = {
  sources: Object.fromEntries(
    Array.from({ length: 4 }, (_, s) => [`s${s}`, s % 2 === 0 ? 'stories' : 'notes/*.jsonl']),
  ),
  split: { validation: '10%' },
  mix: { length: { threshold: 300, scope: 'global', long_share: '60%' } },
  sequences: { length: 256 },
  shards: { size: '60KB' },
};

/** A corpus, its recipe, what a build on the disk gives, and a place of its own in the bucket. */
async function place(more: object = {}) {
  const folder = temporaryFolder();
  writeDiskCorpus(folder);
  const recipe = writeDiskRecipe(folder, 'mix', { ...keys, ...more });
  places += 1;
  const name = `p${places}`;
  const local = join(folder, 'local');
  await longmixOk(['build', recipe, '--out', local, '--workers', '1', '--quiet']);
  return {
    folder,
    recipe,
    local,
    name,
    address: `s3://bucket/${name}`,
    objects: join(server.folder, 'bucket', name),
  };
}
let places = 0;

/** Objects that a finished build has no use for. */
function leftIn(objects: string): string[] {
  return readdirSync(objects, { recursive: true })
    .map(String)
    .filter((name) => /gather-|\.longmix\.lock|\.rows$/.test(name));
}

describe.skipIf(missing !== null)('--out s3://', () => {
  it('gives the bytes of a build on the disk for any number of workers, and leaves nothing else', async () => {
    const { recipe, local, address, objects } = await place();
    for (const [workers, gather] of [
      ['1', 'auto'],
      ['2', 'always'],
      ['5', 'auto'],
    ] as const) {
      const flags = ['--workers', workers, '--gather', gather, '--quiet'];
      await longmixOk(['build', recipe, '--out', `${address}/${workers}`, ...flags]);
      const made = join(objects, workers);
      expect(hashes(made)).toEqual(hashes(local));
      expect(leftIn(made)).toEqual([]);
    }
    const again = await longmixOk(['build', recipe, '--out', `${address}/5`]);
    expect(again.stderr).toContain('Already built, nothing to do');
    expect(again.stderr).toContain(`longmix pipe ${address}/5 | python train.py`);
    expect(again.stderr).not.toContain('load_from_disk');
  });

  it('is read there by verify, inspect, stats, plan and store, which say what they say of the disk', async () => {
    const { recipe, local, address, objects } = await place();
    await longmixOk(['build', recipe, '--out', address, '--workers', '1', '--quiet']);
    const same = async (...args: readonly string[]) => {
      const [here, there] = await Promise.all(
        [local, address].map((out) => longmixOk(args.map((word) => word.replace('OUT', out)))),
      );
      // The time to write is measured on the disk, and not known of a bucket.
      const shown = [here!, there!].map(({ stdout }) => stdout.replace(/\b(disk|size) .*/g, ''));
      expect(shown[1]!.replaceAll(address, local)).toBe(shown[0]!);
    };
    await same('verify', 'OUT', '--deep', '--json');
    await same('verify', 'OUT/store', '--deep', '--json');
    await same('inspect', 'OUT/train', '--row', '3', '--json');
    await same('inspect', 'OUT', '--random', '3', '--seed', '7', '--json');
    await same('stats', 'OUT', '--json');
    await same('stats', 'OUT/store', '--json');
    await same('plan', recipe, '--out', 'OUT', '--all', '--workers', '1');
    expect(JSON.parse((await longmixOk(['store', 'list', address, '--json'])).stdout)).toMatchObject([
      { store: `${address}/store`, unneeded: { parts: 0 } },
    ]);
    const shard = join(
      objects,
      'train',
      readdirSync(join(objects, 'train')).find((n) => n.endsWith('.arrow'))!,
    );
    const bytes = readFileSync(shard);
    bytes[bytes.length >> 1]! ^= 1;
    writeFileSync(shard, bytes);
    const found = await longmix(['verify', address, '--deep']);
    expectMessage(found, 1, address);
    expect(found.stdout).toContain('its bytes have changed (sha256 differs)');
    expect(found.stdout).toContain('differs from document');
    // --fresh of build makes the shards again.
    await longmixOk(['build', recipe, '--out', address, '--workers', '1', '--quiet', '--fresh']);
    expect(hashes(objects)).toEqual(hashes(local));
  });

  it('keeps up with a corpus that changes, and lets prune remove what nothing needs', async () => {
    const { folder, recipe, local, address, objects } = await place();
    await longmixOk(['build', recipe, '--out', address, '--workers', '2', '--quiet']);
    writeFileSync(join(folder, 'stories/0/0.txt'), 'another story, which is short');
    writeFileSync(join(folder, 'notes/more.jsonl'), '{"text":"one more note"}\n');
    const said = await longmixOk(['build', recipe, '--out', address, '--workers', '2']);
    expect(said.stderr).toContain('the shards in');
    rmSync(local, { recursive: true });
    await longmixOk(['build', recipe, '--out', local, '--workers', '1', '--quiet']);
    const pruned = await longmixOk(['store', 'prune', `${address}/store`]);
    expect(pruned.stdout).toContain('removed');
    expect(hashes(objects)).toEqual(hashes(local));
    const other = writeDiskRecipe(folder, 'other', { ...keys, sequences: { length: 128 } });
    expectMessage(await longmix(['build', other, '--out', address]), 2, address, 'sequences.length');
  });

  it('is where tfjs trains from, with the losses of the same shards on the disk', async () => {
    const { folder, recipe, local, address } = await place();
    await longmixOk(['build', recipe, '--out', address.replace('s3', 'S3'), '--workers', '1', '--quiet']);
    const tiny = ['layers=1', 'width=16', 'heads=2', 'context=32', 'updates=1', 'validateRows=2'];
    const losses = async (shards: string, out: string) => {
      const flags = ['--trainer', 'tfjs', '--rows-per-step', '2', '--steps', '2', '--out', join(folder, out)];
      await longmixOk(['train', shards, ...flags, ...tiny.flatMap((word) => ['--set', word])]);
      const lines = readFileSync(join(folder, out, 'metrics.jsonl'), 'utf8')
        .trim()
        .split('\n');
      return lines.map((line) => {
        const { loss, validation } = JSON.parse(line) as { loss?: number; validation?: object };
        return loss ?? validation;
      });
    };
    const here = await losses(local, 'a');
    expect(here).toHaveLength(3);
    expect(await losses(address, 'b')).toEqual(here);
  });

  it('of an ablation has the arms of one on the disk', async () => {
    const { folder, recipe, address, objects } = await place();
    const ablation = join(folder, 'arms.yaml');
    writeFileSync(
      ablation,
      JSON.stringify({ base: recipe, arms: { short: { sequences: { length: 128 } }, long: {} } }),
    );
    await longmixOk(['ablate', ablation, '--out', join(folder, 'arms'), '--workers', '1', '--quiet']);
    await longmixOk(['ablate', ablation, '--out', address, '--workers', '2', '--quiet']);
    expect(hashes(objects)).toEqual(hashes(join(folder, 'arms')));
  });

  it('takes a store of its own in the bucket, which shards on the disk may use, too', async () => {
    const { folder, recipe, local, address, objects } = await place();
    const store = `${address}/tokens`;
    await longmixOk(['tokenize', recipe, '--out', store, '--workers', '2', '--quiet']);
    expect(hashes(join(objects, 'tokens'))).toEqual(hashes(join(local, 'store')));
    const here = join(folder, 'here');
    const said = await longmixOk(['build', recipe, '--out', here, '--store', store, '--workers', '2']);
    expect(said.stderr).toContain('tokens reused');
    const { 'manifest.json': _, ...shards } = hashes(join(here, 'train'));
    expect(hashes(join(local, 'train'))).toMatchObject(shards);
    await longmixOk(['verify', here, '--deep']);
    await longmixOk([
      'build',
      recipe,
      '--out',
      `${address}/out`,
      '--store',
      store,
      '--workers',
      '1',
      '--quiet',
    ]);
    const { 'manifest.json': __, ...there } = hashes(join(objects, 'out/train'));
    expect(there).toEqual(shards);
  });
});

describe.skipIf(missing !== null)('a build to a bucket', () => {
  it(
    'that is killed at any moment is finished by the next one, on another machine too',
    async () => {
      const { recipe, local, address, objects } = await place();
      const whole = hashes(local);
      const args = ['build', recipe, '--out', address, '--workers', '2', '--gather', 'always', '--quiet'];
      const has = (name: RegExp) =>
        existsSync(objects) &&
        readdirSync(objects, { recursive: true }).some((found) => name.test(String(found)));
      let end = 0;
      const moments: (() => boolean)[] = [
        () => has(/store\/\.longmix\/part-/),
        () => has(/gather-.*\.tokens$/),
        () => has(/train\/data-.*\.arrow$/),
        ...Array.from({ length: more }, () => () => performance.now() > end),
      ];
      let killed = 0;
      for (const moment of moments) {
        end = performance.now() + 2500 * Math.random();
        const { code } = await longmix(args, { killWhen: moment });
        expect([null, 0]).toContain(code);
        if (code === null) killed += 1;
        const found = existsSync(objects) ? hashes(objects) : {};
        if (found['dataset_dict.json'] !== undefined) expect(found).toEqual(whole);
      }
      expect(killed).toBeGreaterThan(0);
      await longmixOk(args, temporaryFolder());
      expect(hashes(objects)).toEqual(whole);
      expect(leftIn(objects)).toEqual([]);
      await longmixOk(['verify', address, '--deep']);
    },
    fuzzTimeout(60_000),
  );

  it('goes through a server that fails and breaks off, and has no wrong byte', async () => {
    const { recipe, local, address, objects } = await place();
    const proxy = await startFaultProxy(server.endpoint, {
      share: 0.06,
      // A stall would make the test wait for its patience.
      faults: allFaults.filter((fault) => fault !== 'stall'),
    });
    vi.stubEnv('AWS_ENDPOINT_URL_S3', proxy.endpoint);
    await longmixOk(['build', recipe, '--out', address, '--workers', '2', '--quiet']);
    await longmixOk(['verify', address, '--deep']);
    expect(proxy.made.size).toBeGreaterThan(4);
    expect(hashes(objects)).toEqual(hashes(local));
  }, 60_000);

  it('is done by workers that share nothing but the bucket and the corpus', async () => {
    const { recipe, local, address, objects } = await place();
    const step = async () => {
      const args = ['build', recipe, '--out', address, '--engine', 'by-hand', '--json', '--quiet'];
      return JSON.parse((await longmixOk(args)).stdout) as {
        job?: string;
        left?: number[];
        finished?: boolean;
      };
    };
    const stages: string[] = [];
    for (let list = await step(); list.finished === false; list = await step()) {
      const { job, left } = list as { job: string; left: number[] };
      stages.push(job.replace(/^.*\//, ''));
      const shares = [0, 1, 2].map((n) => left.filter((_, i) => i % 3 === n)).filter((own) => own.length > 0);
      // Each in a folder of its own; the first two tasks are done twice.
      const workers = [...shares, left.slice(0, 2)].map((own) =>
        longmixOk(['worker', job, '--tasks', own.join(','), '--workers', '1'], temporaryFolder()),
      );
      await Promise.all(workers);
    }
    expect(stages).toEqual([
      expect.stringMatching(/^tokenize-[0-9a-f]{8}\.jsonl$/),
      ...['gather.jsonl', 'shard.jsonl'],
    ]);
    expect(hashes(objects)).toEqual(hashes(local));
    expect(leftIn(objects)).toEqual([]);
  }, 60_000);

  it('is refused while another one works, and by what is not ours', async () => {
    const { recipe, folder, address, objects, name } = await place();
    const first = start(['build', recipe, '--out', address, '--workers', '1', '--quiet']);
    let second = await longmix(['build', recipe, '--out', address, '--workers', '1']);
    while (second.code === 2) second = await longmix(['build', recipe, '--out', address, '--workers', '1']);
    await first.finished;
    // Whichever came first, one of them worked and the other was told so, or found the build there.
    expect([0, 1]).toContain(second.code);
    if (second.code === 1) expectMessage(second, 1, address, 'another longmix is writing here');
    const foreign = join(objects, 'foreign');
    mkdirSync(foreign);
    writeFileSync(join(foreign, 'plan.json'), '{}');
    const build = (out: string) => longmix(['build', recipe, '--out', out, '--workers', '1']);
    expectMessage(await build(`${address}/foreign`), 2, 'plan.json', 'did not write');
    expectMessage(await build('s3://nowhere/out'), 2, 'there is no bucket "nowhere"');
    expectMessage(await build('hf://datasets/a/b'), 2, 'lie in a folder, or in a bucket');
    expectMessage(await build(`${server.endpoint}/${name}`), 2, 'lie in a folder, or in a bucket');
    const slurm = ['--engine', 'slurm'];
    const far = /needs a folder that its nodes share/;
    expectMessage(await longmix(['build', recipe, '--out', address, ...slurm]), 2, address, far);
    const here = ['--out', join(folder, 'here'), '--store', `${address}/store`];
    expectMessage(await longmix(['build', recipe, ...here, ...slurm]), 2, `${address}/store`, far);
    expectMessage(await longmix(['jobs', address]), 2, address, 'looks at folders only');
    cpSync(join(folder, 'notes'), join(objects, 'corpus'), { recursive: true });
    const inside = await longmix(['build', `${address}/corpus`, '--out', `${address}/corpus/out`]);
    expectMessage(inside, 2, 'is inside source');
    expectMessage(await build(`s3:/bucket/${name}`), 2, 'two slashes after s3:', 'write s3://BUCKET');
    const near = ['--set', 'documents.near_duplicates=remove'];
    for (const command of ['build', 'plan'])
      expectMessage(
        await longmix([command, recipe, '--out', `${address}/near`, ...near]),
        2,
        'near_duplicates needs a token store in a folder',
      );
    expect(existsSync(join(objects, 'near'))).toBe(false);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'planted-wrong-key');
    const denied = await build(`${address}/denied`);
    expectMessage(denied, 2, 'the server refuses access');
    expect(denied.stderr).not.toContain('planted');
  });
});
