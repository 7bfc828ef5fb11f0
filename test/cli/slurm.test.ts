/**
 * Builds on a real Slurm of two nodes, while processes and daemons are killed: the bytes are those of a build by threads.
 * Needs dist/, and Debian's packages of Slurm (scripts/slurm.sh install).
 */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  expectMessage,
  jsonLines,
  longmixOk,
  type Started,
  start,
  temporaryFiles,
  workplace,
} from '../support/command.ts';
import { hashes } from '../support/folder.ts';
import {
  type SlurmCluster,
  slurmMissing,
  startSlurm,
  type WorkerProcess,
  workersBelow,
} from '../support/slurm.ts';

const missing = slurmMissing();
const storms = Number(process.env.LONGMIX_STORMS ?? 0);
const place = workplace();
const at = (name: string): string => join(place.path, name);
const sources = Array.from({ length: 8 }, (_, i) => `s${i}`);
let cluster: SlurmCluster;
let reference: Record<string, string> = {};

/** The recipe's sources are read by a program that waits until the gate is open: so tasks last until a test lets them. */
const open = () => writeFileSync(at('gate'), '');
const close = () => rmSync(at('gate'), { force: true });

const flags = ['--engine', 'slurm', '--tasks', '8', '--memory', '1GB'];
const slurm = (command: string, out: string, ...more: string[]): Started =>
  start([command, 'mix.yaml', '--out', out, ...flags, ...more], { cwd: place.path });
const words = (command: string, out: string): string[] => [
  ...[process.execPath, join(import.meta.dirname, '../../dist/bin/longmix.js')],
  ...[command, 'mix.yaml', '--out', out, ...flags],
];

beforeAll(async () => {
  if (missing !== null) return;
  for (const [i, name] of sources.entries()) place.write(`${name}.jsonl`, jsonLines(20 + i));
  place.write('wait.sh', `while [ ! -e '${at('gate')}' ]; do sleep 0.05; done; cat "$1"`);
  const command = `command: [sh, '${at('wait.sh')}', '{file}']`;
  place.write(
    'mix.yaml',
    `sources:\n${sources.map((name) => `  ${name}: { path: ${name}.jsonl, ${command} }`).join('\n')}
sequences: { length: 64 }
split: { validation: 10% }
shards: { size: 8KB }
`,
  );
  open();
  [cluster] = await Promise.all([
    startSlurm(),
    longmixOk(['build', 'mix.yaml', '--out', 'reference', '--quiet'], place.path),
  ]);
  reference = hashes(at('reference'));
}, 60_000);

// What a failed test leaves would keep the next one waiting.
afterEach(async () => {
  open();
  if (missing === null) await cluster.clear();
});

afterAll(() => {
  if (missing === null) cluster.down();
  place[Symbol.dispose]();
}, 60_000);

/** Waits longer than tests otherwise do: Slurm decides when a job begins. */
async function until<T>(what: string, look: () => T | false | undefined): Promise<T> {
  for (const end = Date.now() + 60_000; ; ) {
    const found = look();
    if (found !== false && found !== undefined) return found;
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** Four fit on two nodes of two processors. */
const running = (out: string, count = 4): Promise<WorkerProcess[]> =>
  until(`${count} workers`, () => {
    const workers = workersBelow(at(out));
    return workers.length >= count && logged(out) >= count ? workers : false;
  });

/** How many tasks were begun, by their logs. */
function logged(out: string): number {
  const logs = join(at(out), '.longmix/logs');
  const [list] = existsSync(logs) ? readdirSync(logs) : [];
  return list === undefined
    ? 0
    : readdirSync(join(logs, list)).filter((name) => /^\d+\.log$/.test(name)).length;
}

const storeOf = (files: Record<string, string>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(files)
      .filter(([name]) => name.startsWith('store/'))
      .map(([name, hash]) => [name.slice('store/'.length), hash]),
  );

async function expectStore({ finished }: Started, out: string): Promise<string> {
  const { code, stderr } = await finished;
  expect(code, stderr).toBe(0);
  expect(hashes(at(out))).toEqual(storeOf(reference));
  return stderr;
}

describe.skipIf(missing !== null)(`on Slurm${missing === null ? '' : ` (skipped: ${missing})`}`, () => {
  it('a build by 8 tasks has the bytes of a build by threads, in arrays of at most 6', async () => {
    open();
    const { code, stderr } = await slurm('build', 'whole').finished;
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(/tokenize: 8 jobs submitted as \d+, \d+$/m);
    expect(stderr).toMatch(/shard: (\d+) of \1 tasks done$/m);
    expect(hashes(at('whole'))).toEqual(reference);
    expect(temporaryFiles(at('whole'))).toEqual([]);
    const again = await slurm('build', 'whole').finished;
    expect(again.stderr).toContain('Already built, nothing to do');
  }, 60_000);

  it('a task killed with -9, one whose slurmstepd is killed, and one that is told to end are run again', async () => {
    close();
    const started = slurm('tokenize', 'killed');
    const [first, second, third] = await running('killed');
    process.kill(first!.pid, 'SIGKILL');
    process.kill(second!.parent, 'SIGKILL');
    // As Slurm does before a time limit: it stops after the chunk that it waits for.
    process.kill(third!.pid, 'SIGTERM');
    open();
    await expectStore(started, 'killed');
    const logs = join(at('killed'), '.longmix/logs');
    const texts = readdirSync(join(logs, readdirSync(logs)[0]!))
      .filter((name) => name.endsWith('.log'))
      .map((name) => readFileSync(join(logs, readdirSync(logs)[0]!, name), 'utf8'));
    expect(texts.filter((text) => / stopped\n[\s\S]* done: /.test(text))).toHaveLength(1);
    expect(texts.filter((text) => (text.match(/ began$/gm) ?? []).length > 1).length).toBeGreaterThan(1);
  }, 90_000);

  it('a node killed in the middle, and a controller restarted, cost no task', async () => {
    close();
    const started = slurm('tokenize', 'node');
    const workers = await running('node');
    cluster.killNode('nodeB');
    for (const { pid, parent } of workers.filter(({ node }) => node === 'nodeB')) {
      process.kill(parent, 'SIGKILL');
      process.kill(pid, 'SIGKILL');
    }
    await cluster.stopController();
    open();
    // The command asks in vain meanwhile.
    await new Promise((resolve) => setTimeout(resolve, 1500));
    cluster.startController();
    // The other node does all, once the controller has given up the dead one.
    await expectStore(started, 'node');
    await cluster.up();
  }, 60_000);

  it('two submissions at once, from two machines, do no harm', async () => {
    open();
    // A lock of another machine keeps nobody out, so this is what two login nodes can do.
    const other = execFile(
      'unshare',
      ['--uts', 'sh', '-c', 'hostname elsewhere; exec "$@"', 'sh', ...words('build', 'two')],
      {
        cwd: place.path,
      },
    );
    let said = '';
    other.stderr!.on('data', (text: string) => {
      said += text;
    });
    const end = new Promise<number | null>((resolve) => other.on('close', resolve));
    const here = await slurm('build', 'two').finished;
    expect([here.code, await end], `${here.stderr}\nthe other: ${said}`).toEqual([0, 0]);
    expect(hashes(at('two'))).toEqual(reference);
  }, 60_000);

  it('scancel ends the command, and run again it submits only what is missing', async () => {
    close();
    const started = slurm('tokenize', 'cancelled', '--tasks', '4');
    await running('cancelled');
    const jobs = await cluster.call('squeue', '-h', '-o', '%F');
    await cluster.call('scancel', ...new Set(jobs.trim().split('\n')));
    expectMessage(await started.finished, 1, /job \d+ was cancelled/, /submits only what is missing/);
    open();
    const lists = readdirSync(at('cancelled/.longmix/jobs'));
    expect(lists).toEqual([expect.stringMatching(/^tokenize-[0-9a-f]{8}\.jsonl$/)]);
    const list = join(at('cancelled/.longmix/jobs'), lists[0]!);
    await longmixOk(['worker', list, '--tasks', '0-2'], place.path);
    const again = slurm('tokenize', 'cancelled', '--tasks', '8');
    expect(await expectStore(again, 'cancelled')).toMatch(/tokenize: 5 jobs submitted/);
  }, 60_000);

  it('an interrupted command leaves its jobs, says how to cancel them, and finds them again', async () => {
    close();
    const first = slurm('tokenize', 'left');
    await running('left');
    first.child.kill('SIGINT');
    const { code, stderr } = await first.finished;
    expect(code).toBe(130);
    expect(stderr).toMatch(/interrupted; the jobs go on \(scancel \d+ \d+ cancels them\)/);
    const jobs = await longmixOk(['jobs', 'left'], place.path);
    expect(jobs.stdout).toMatch(
      /^tokenize {2}left {2}8 tasks: 0 done, 4 running, 0 failed, 4 waiting\n {2}jobs \d+, \d+\n$/,
    );
    const second = slurm('tokenize', 'left');
    let heard = '';
    second.child.stderr!.on('data', (text: string) => {
      heard += text;
    });
    await until('the jobs', () => heard.includes('earlier command'));
    open();
    const said = await expectStore(second, 'left');
    expect(said).toMatch(/of an earlier command still there/);
    expect(said).not.toContain('submitted');
  }, 60_000);

  it('a detached build goes on by itself', async () => {
    open();
    const { code, stderr } = await slurm('build', 'detached', '--detach').finished;
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(/The jobs \d+, \d+, \d+ go on without this command/);
    await until('the last manifest', () => existsSync(at('detached/dataset_dict.json')));
    expect(hashes(at('detached'))).toEqual(reference);
  }, 90_000);

  it("a task that always fails ends the build with its error, and a user's mistake does so at once", async () => {
    place.write('bad.jsonl.gz', 'this is not gzip');
    const only = (name: string, source: string) =>
      place.write(name, `sources:\n  s0: { path: s0.jsonl }\n  bad: ${source}\nsequences: { length: 64 }\n`);
    only('bad.yaml', '{ path: bad.jsonl.gz }');
    only('wrong.yaml', '{ path: s1.jsonl, text: words }');
    const [bad, wrong] = await Promise.all(
      ['bad', 'wrong'].map(
        (name) =>
          start(['tokenize', `${name}.yaml`, '--out', name, ...flags, '--retries', '1'], { cwd: place.path })
            .finished,
      ),
    );
    expectMessage(
      bad!,
      1,
      /bad\.jsonl\.gz/,
      /task 1 of the list tokenize failed, after 2 attempts/,
      /its log is .*00001\.log/,
    );
    expect(bad!.stderr.match(/ submitted as /g)!.length).toBeGreaterThan(1);
    expectMessage(wrong!, 2, /s1\.jsonl/, /no field "words"/, /its log is .*00001\.log/);
    expect(wrong!.stderr.match(/ submitted as /g)).toHaveLength(1);
    const { stdout } = await longmixOk(['jobs', 'bad'], place.path);
    expect(stdout).toMatch(
      /^tokenize {2}bad {2}2 tasks: 1 done, 0 running, 1 failed, 0 waiting\n {2}task 1 failed on node[AB] /,
    );
  }, 60_000);

  it('what Slurm refuses is told, and a dry run submits nothing', async () => {
    open();
    const refused = await slurm('tokenize', 'refused', '--engine-set', 'partition=nope').finished;
    expectMessage(refused, 2, /Slurm does not take the jobs: .*[Ii]nvalid partition/, /--engine-set/);
    const { code, stdout } = await slurm('tokenize', 'refused', '--dry-run', '--engine-set', 'time=5')
      .finished;
    expect(code).toBe(0);
    expect(stdout.match(/^job\d=\$\(sbatch --parsable .*--array=\S+ .*--time=5/gm)).toHaveLength(2);
    expect(await cluster.call('squeue', '-h')).toBe('');
  }, 60_000);

  // At night: LONGMIX_STORMS=20. The seed is that of a failed storm's message.
  it.runIf(storms > 0)(
    'storms of killed tasks, daemons and commands change no byte',
    async () => {
      const first = Number(process.env.LONGMIX_STORM_SEED ?? Date.now() % 1e6);
      for (let seed = first; seed < first + storms; seed += 1) await storm(seed);
    },
    storms * 120_000,
  );

  async function storm(seed: number): Promise<void> {
    open();
    const out = `storm-${seed}`;
    let state = seed;
    const next = (below: number) => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return (state >>> 8) % below;
    };
    const pause = () => new Promise((resolve) => setTimeout(resolve, next(1500)));
    const one = <T>(all: readonly T[]) => all[next(Math.max(1, all.length))];
    const killed = (pid: number | undefined) => {
      try {
        if (pid !== undefined) process.kill(pid, 'SIGKILL');
      } catch {
        // It has just ended.
      }
    };
    const events: (() => void | Promise<void>)[] = [
      () => killed(one(workersBelow(at(out)))?.pid),
      () => killed(one(workersBelow(at(out)))?.parent),
      () => killed(command.child.pid),
      async () => {
        cluster.killNode('nodeB');
        for (const { pid, parent } of workersBelow(at(out)).filter(({ node }) => node === 'nodeB'))
          for (const gone of [parent, pid]) killed(gone);
        await pause();
        await cluster.up();
      },
      async () => {
        await cluster.stopController();
        await pause();
        await cluster.up();
      },
    ];
    let command = slurm('build', out, '--retries', '9');
    for (let event = 0; event < 6; event += 1) {
      await pause();
      await events[next(events.length)]!();
      if (command.child.exitCode !== null || command.child.signalCode !== null)
        command = slurm('build', out, '--retries', '9');
    }
    let { code, stderr } = await command.finished;
    // One that was killed goes on.
    if (code === null) ({ code, stderr } = await slurm('build', out, '--retries', '9').finished);
    expect(code, `storm ${seed}: ${stderr}`).toBe(0);
    expect(hashes(at(out)), `storm ${seed}`).toEqual(reference);
    await cluster.clear();
  }
});
