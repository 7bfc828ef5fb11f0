/** `longmix pipe` as a process: its bytes equal the feed's, also after a kill and resume; how it behaves in a shell. */
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Feed, openFeed } from '../../src/feed/feed.ts';
import { expectMessage, longmix, shell, spawnLongmix } from '../support/command.ts';
import { builtFolder, expectedSteps, type StreamedStep, streamedSteps, together } from '../support/feed.ts';

const folder = mkdtempSync(join(tmpdir(), 'longmix-pipe-'));
let out = '';
let feed: Feed;
beforeAll(async () => {
  out = await builtFolder(folder, 'lengths');
  feed = openFeed(out, { seed: 3, rowsPerStep: 24 });
}, 60_000);
afterAll(() => {
  feed.close();
  rmSync(folder, { recursive: true, force: true });
});

/** What comes out until the end, or until so many bytes have come: then it is killed. */
async function piped(flags: readonly string[], killAfter = Number.POSITIVE_INFINITY): Promise<Buffer> {
  const child = spawnLongmix(['pipe', out, '--seed', '3', '--rows-per-step', '24', ...flags]);
  const ended = once(child, 'close');
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= killAfter) child.kill('SIGKILL');
  }
  const [code] = (await ended) as [number | null];
  if (killAfter === Number.POSITIVE_INFINITY) expect(code).toBe(0);
  return Buffer.concat(chunks);
}

const rankFlags = (rank: number, worldSize: number) => ['--rank', `${rank}`, '--world-size', `${worldSize}`];

async function allRanks(worldSize: number, flags: readonly string[]): Promise<StreamedStep[]> {
  const ranks: StreamedStep[][] = [];
  for (let rank = 0; rank < worldSize; rank += 1) {
    ranks.push(streamedSteps(await piped([...flags, ...rankFlags(rank, worldSize)])));
  }
  return together(ranks);
}

it('says how many rows an epoch is without, and only where it is to be all of an epoch', async () => {
  const rows = feed.manifest.sets.reduce((sum, set) => sum + set.rows, 0);
  expect(feed.restRows).toBeGreaterThan(0);
  const to = (flags: string) => shell(`longmix pipe '${out}' --rows-per-step 24 ${flags} > /dev/null`, {});
  const note = `longmix: ${feed.restRows} of ${rows} rows do not fill a whole step, so an epoch leaves them out\n`;
  expect((await to('')).stderr).toBe(note);
  expect((await to('--steps 1')).stderr).toBe('');
});

describe('longmix pipe', () => {
  const everything = () =>
    expectedSteps(feed, { from: { epoch: 0, step: 0 }, steps: feed.epochSteps, rank: 0, worldSize: 1 });

  it.each([1, 2, 3, 8])(
    'gives %i ranks together what one would get, through a change of width',
    async (worldSize) => {
      const widths = new Set(feed.manifest.sets.map(({ width }) => width));
      expect(widths.size).toBe(2);
      expect(await allRanks(worldSize, [])).toEqual(everything());
    },
  );

  it('goes on in the next epoch', async () => {
    const from = { epoch: 4, step: feed.epochSteps - 3 };
    const flags = ['--epoch', '4', '--start-step', `${from.step}`];
    const expected = expectedSteps(feed, { from, steps: feed.epochSteps + 3, rank: 0, worldSize: 1 });
    expect(streamedSteps(await piped([...flags, '--epochs', '2']))).toEqual(expected);
    expect(streamedSteps(await piped([...flags, '--steps', '5']))).toEqual(expected.slice(0, 5));
    expect(streamedSteps(await piped([...flags, '--steps', '0']))).toEqual([]);
  });

  it.each([0.1, 0.5, 0.9])(
    'killed at %f of the bytes and gone on with by three ranks, misses and repeats nothing',
    async (part) => {
      const whole = await piped(['--epochs', '3']);
      const before = streamedSteps(await piped(['--epochs', '3'], part * whole.length));
      expect(before.length).toBeGreaterThan(0);
      const { epoch, step } = before.at(-1)!;
      const left = feed.epochSteps * 3 - before.length;
      const flags = ['--epoch', `${epoch}`, '--start-step', `${step + 1}`, '--steps', `${left}`];
      expect([...before, ...(await allRanks(3, flags))]).toEqual(streamedSteps(whole));
    },
  );

  it('ends quietly when its reader does', async () => {
    const line = `longmix pipe '${out}' --epochs 100000 | head -c 1000 | wc -c; echo "\${PIPESTATUS[0]}"`;
    const { stdout, stderr } = await shell(line, {});
    expect(stderr).toBe('');
    expect(stdout.trim().split(/\s+/)).toEqual(['1000', '0']);
  });

  it('waits for a reader that takes nothing, in little memory, and stops when told', async () => {
    const child = spawnLongmix(['pipe', out, '--epochs', '100000']);
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    await once(child.stdout, 'readable');
    await sleep(1000);
    if (process.platform === 'linux') {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
      expect(Number(/VmRSS:\s+(\d+) kB/.exec(status)![1])).toBeLessThan(250_000);
    }
    child.kill('SIGTERM');
    const [code] = (await once(child, 'exit')) as [number | null];
    expect(code).toBe(143);
    expect(stderr).toBe(
      'longmix: interrupted; the trainer can continue from its step with --epoch and --start-step\n',
    );
    child.stdout.destroy();
  });

  it.each([
    [['--rank', '1'], /rank 1 of 1/],
    [['--rank', '-1'], /--rank: found "-1"/],
    [['--rank', '0x1'], /--rank: found/],
    [
      ['--world-size', '3'],
      /can't be shared evenly by 3 ranks/,
      /multiple of the world size: --rows-per-step/,
    ],
    [['--world-size', '0'], /--world-size: found "0"/],
    [['--start-step', '100000'], /no step 100000 in epoch 0/],
    [['--steps', '1', '--epochs', '1'], /both set the end/],
    [['--rows-per-step', '0'], /--rows-per-step: found "0"/],
    [['--rows-per-step', '1000000'], /no step 0 in epoch 0/, /fewer rows per step/],
    [['--seed', '1.5'], /--seed/],
  ] as [string[], ...RegExp[]][])('refuses %j', async (flags, ...parts) => {
    const outcome = await longmix(['pipe', out, ...flags]);
    expectMessage(outcome, 2, ...parts);
    expect(outcome.stdout).toBe('');
  });

  it('refuses a folder without shards', async () => {
    expectMessage(await longmix(['pipe', folder]), 2, 'no finished shard set here', 'longmix build');
  });

  it('writes to a file as to a pipe', async () => {
    const file = join(folder, 'rows.arrows');
    await shell(`longmix pipe '${out}' --seed 3 --rows-per-step 24 > '${file}'`, {});
    expect(streamedSteps(readFileSync(file))).toEqual(everything());
  });
});
