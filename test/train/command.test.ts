/** `longmix train --trainer command`, as a user types it: what the process gets, and what happens when it ends. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { openFeed } from '../../src/feed/feed.ts';
import { defaultConfig } from '../../trainers/tfjs/config.ts';
import { expectMessage, longmix, start, until } from '../support/command.ts';
import { trainingBuild } from './training-build.ts';

const reader = fileURLToPath(new URL('arrow-reader.mjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'longmix-command-'));
let build: string;
beforeAll(async () => {
  build = await trainingBuild(folder);
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function args(out: string, flags: readonly string[], command: readonly string[]): string[] {
  const run = ['train', build, '--trainer', 'command', '--out', join(folder, out), '--rows-per-step', '4'];
  return [...run, ...flags, '--', ...command];
}

const node = (...more: string[]) => [process.execPath, reader, ...more];

function metricsOf(out: string): Record<string, unknown>[] {
  const lines = readFileSync(join(folder, out, 'metrics.jsonl'), 'utf8')
    .trimEnd()
    .split('\n');
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** What the reader says of steps `from`..`to`. */
function expected(from: number, to: number): Record<string, unknown>[] {
  const feed = openFeed(build, { rowsPerStep: 4 });
  const lines = Array.from({ length: to - from }, (_, i) => {
    const { rows, inputIds } = feed.batch({ epoch: 0, step: from + i }, 0, 1);
    const idSum = Array.from(inputIds).reduce((sum, id) => sum + id, 0);
    return { step: from + i, rows: [...rows], idSum, loss: 9 - from - i };
  });
  feed.close();
  return lines;
}

describe('a command', () => {
  it('gets every row of every step, and its lines of JSON are the metrics', async () => {
    const { code, stdout, stderr } = await longmix(args('all', ['--steps', '9'], node()));
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(metricsOf('all')).toEqual(expected(0, 9));
    expect(stderr).toContain('out true, from 0 to 9');
    const feed = openFeed(build);
    expect(stderr).toContain(`ids below ${feed.manifest.tokenizer.vocabularySize}`);
    feed.close();
    expect(stderr).toContain('a word on standard error');
    expect(stderr).toMatch(/step 9\/9, loss 1\.000, .* tok\/s, .*waiting for data/);
    expect(stdout).toMatch(/^9 steps done, loss 1\.0000; metrics are in .*metrics\.jsonl\n$/);
  });

  it('begins where it is told to, in the same run', async () => {
    await longmix(args('parts', ['--steps', '9'], node()));
    const again = await longmix(args('parts', ['--steps', '9', '--start-step', '5'], node()));
    expect(again.stderr).toContain('from 5');
    expect(metricsOf('parts')).toEqual(expected(0, 9));
  });

  it('whose loss is no number has all its lines, and the user is told', async () => {
    const { code, stdout, stderr } = await longmix(args('diverge', ['--steps', '3'], node('diverge')));
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const note = 'NaN " NaN';
    expect(metricsOf('diverge')).toEqual([2.5, null, null].map((loss, step) => ({ step, loss, note })));
    expect(stderr.match(/the loss is NaN from this step on \(null in metrics\.jsonl\)/g)).toHaveLength(1);
    expect(stdout).toContain('3 steps done, loss NaN;');
  });

  it('may leave early', async () => {
    const { code, stdout, stderr } = await longmix(args('leave', [], node('leave')));
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(metricsOf('leave')).toEqual(expected(0, 1));
    expect(stdout).toMatch(
      /^1 step done, as the command says, of \d+ whose rows it was sent, loss 9\.0000; metrics/,
    );
  });

  it('that fails is told with its exit code and what it said last', async () => {
    const outcome = await longmix(args('fail', [], node('fail')));
    expectMessage(outcome, 1, /ended with exit code 3/, /\| RuntimeError: out of memory/);
  });

  it.skipIf(process.platform === 'win32')('is not waited for when only what it started runs on', async () => {
    const pid = join(folder, 'background.pid');
    const script = `sleep 60 & echo $! > '${pid}'; cat > ${devNull}; echo '{"loss": 1}'`;
    const began = Date.now();
    const { code, stdout } = await longmix(args('background', ['--steps', '2'], ['sh', '-c', script]));
    expect(Date.now() - began).toBeLessThan(30_000);
    const sleeping = Number(readFileSync(pid, 'utf8'));
    expect(isRunning(sleeping)).toBe(true);
    process.kill(sleeping);
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('loss 1.0000') });
  });

  it("whose metrics can't be kept is ended, and the reason told", async () => {
    const pids = join(folder, 'remove.pids');
    const outcome = await longmix(args('remove', [], node('remove', pids)));
    expectMessage(outcome, 2, /cannot write .*metrics\.jsonl: no such file or directory/);
    expect(isRunning(JSON.parse(readFileSync(pids, 'utf8'))[0])).toBe(false);
  });

  it.skipIf(process.platform === 'win32')('that a signal ended is told', async () => {
    const outcome = await longmix(args('shot', [], ['sh', '-c', 'kill -KILL $$']));
    expectMessage(outcome, 1, /was ended by SIGKILL/);
  });

  test.each(['hang', 'deaf'])('%s: goes with its children when the run is interrupted', async (mode) => {
    const pids = join(folder, `${mode}.pids`);
    const { child, finished } = start(args(mode, [], node(mode, pids)));
    await until('the command', () => existsSync(pids) && readFileSync(pids, 'utf8').endsWith(']'));
    child.kill('SIGINT');
    if (mode === 'deaf') {
      await sleep(500);
      expect(child.exitCode).toBe(null);
      child.kill('SIGINT');
    }
    const began = Date.now();
    const { code, stderr } = await finished;
    expect({ code, stderr }).toMatchObject({ code: 130 });
    expect(Date.now() - began).toBeLessThan(20_000);
    const [own, below] = JSON.parse(readFileSync(pids, 'utf8')) as number[];
    expect([own, below].map((pid) => isRunning(pid!))).toEqual([false, false]);
  });
});

it('a command has time for a checkpoint when the run is interrupted', async () => {
  const pids = join(folder, 'save.pids');
  const { child, finished } = start(args('save', ['--steps', '1000000'], node('save', pids)));
  await until('the command', () => existsSync(pids) && readFileSync(pids, 'utf8').endsWith(']'));
  child.kill('SIGTERM');
  expect(await finished).toMatchObject({ code: 143 });
  expect(existsSync(`${pids}.saved`)).toBe(true);
});

describe('rows that it took and did not train on', () => {
  /** Interrupted when it has all rows and said that three steps of them are done. */
  async function interrupted(out: string, mode: string, flags: readonly string[]) {
    const file = join(folder, `${out}.all-taken`);
    rmSync(file, { force: true });
    const { child, finished } = start(args(out, ['--steps', '40', ...flags], node(mode, file)));
    await until('all rows taken', () => existsSync(file));
    child.kill('SIGINT');
    const { code, stderr } = await finished;
    expect({ code, stderr }).toMatchObject({ code: 130 });
    return stderr;
  }
  const lastLine = (text: string) => text.trimEnd().split('\n').at(-1)!;

  it('are no steps, and --resume begins where it said that its checkpoint is', async () => {
    const first = await interrupted('ahead', 'ahead', []);
    expect(lastLine(first)).toBe(
      'longmix: interrupted; command said that its checkpoint has 3 steps done: continue with the same command and --resume',
    );
    const second = await interrupted('ahead', 'ahead', ['--resume']);
    expect(second).toContain('from 3 to 40');
    expect(lastLine(second)).toContain('its checkpoint has 6 steps done');
    expect(metricsOf('ahead')).toEqual(expected(0, 6));
    const other = args('ahead', ['--rows-per-step', '2', '--resume'], node());
    expectMessage(await longmix(other), 2, /the run in that folder is a different one: rowsPerStep differ/);
    // From before that checkpoint: it will be written over.
    await longmix(args('ahead', ['--steps', '9', '--start-step', '5'], node()));
    expectMessage(await longmix(args('ahead', ['--resume'], node())), 2, /nothing to resume/, /--start-step/);
  });

  it('of one that said nothing of a checkpoint: --start-step is how it goes on', async () => {
    const said = await interrupted('unsaved', 'ahead-unsaved', []);
    expect(lastLine(said)).toMatch(
      /command has not said that it saved anything\. .* --start-step N, where N is/,
    );
  });

  it('are shown as sent where it says no steps', async () => {
    const { code, stdout, stderr } = await longmix(args('silent', ['--steps', '9'], node('silent')));
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stderr).toMatch(/rows of 9\/9 steps sent, /);
    expect(stderr).not.toContain('step 9/9');
    expect(stdout).toMatch(/^the rows of 9 steps were sent; the command did not say which steps it did/);
  });

  it('a checkpoint of more steps than it has rows of is not believed', async () => {
    const { code, stderr } = await longmix(args('beyond', ['--steps', '4'], node('beyond')));
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stderr).toContain('saved_steps: 1000 is ignored: the trainer has the rows of 4 steps');
    expect(existsSync(join(folder, 'beyond/saved.json'))).toBe(false);
  });
});

it('a module that keeps its own checkpoints says it by report, and goes on by --resume', async () => {
  const path = join(folder, 'own.mjs');
  const start_ = 'start(context) { say = context.report; context.log("from " + context.firstStep); }';
  const step = 'step({ step }) { say({ saved_steps: step + 1 }); return { loss: 1 }; }';
  writeFileSync(path, `let say;\nexport default { ${start_}, ${step} };\n`);
  const typed = ['train', build, '--trainer', path, '--out', join(folder, 'own')];
  await longmix([...typed, '--steps', '3']);
  const { code, stdout, stderr } = await longmix([...typed, '--steps', '5', '--resume']);
  expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringMatching(/^5 steps done/) });
  expect(stderr).toContain('from 3');
  expect(metricsOf('own').map((line) => line.step)).toEqual([0, 1, 2, 3, 4]);
});

describe('words that are off', () => {
  const run = (...more: string[]) => longmix(['train', build, '--out', join(folder, 'off'), ...more]);
  test.each([
    [['--trainer', 'command'], /no command/],
    [
      ['--trainer', 'command', '--', 'no-such-program'],
      /no-such-program cannot be started: no such file or directory/,
    ],
    [['--trainer', 'pytorch'], /no trainer "pytorch"/],
    [['--trainer', 'tfjs', '--', 'python'], /--trainer tfjs takes no command/],
    [['--trainer', 'tfjs', '--set', 'lr'], /--set: found "lr"/],
    // From the trainer's own copy of the package.
    [['--trainer', 'tfjs', '--set', 'depth=3'], /the tfjs trainer has no setting "depth"/],
    [['--trainer', 'tfjs', '--steps', '0'], /--steps: found "0"/],
    [['--trainer', 'tfjs', '--resume', '--start-step', '2'], /--resume finds the step itself/],
    [['--trainer', 'tfjs', '--rows-per-step', '100000'], /too few rows for one step/],
    [['--trainer', 'command', '--resume', '--', 'cat'], /nothing to resume/],
  ])('%j', async (words, says) => {
    expectMessage(await run(...words), 2, says);
  });

  it('every setting of tfjs is in the help, with its default', async () => {
    const { stdout } = await longmix(['train', '--help']);
    const settings = stdout.slice(stdout.indexOf('Settings of tfjs'), stdout.indexOf('Examples:'));
    const pairs = [...settings.matchAll(/(\w+)=(\S+)/g)].map(([, name, value]) => [name, Number(value)]);
    expect(Object.fromEntries(pairs)).toEqual(defaultConfig);
  });

  it('no trainer', async () => {
    const { code, stderr } = await run();
    expect(code).toBe(2);
    expect(stderr).toContain("required option '--trainer <name>' not specified");
  });
});

it('a module that throws is told as such, with the place', async () => {
  const path = join(folder, 'throws.mjs');
  writeFileSync(path, "export default {\n  step() {\n    throw new Error('kaboom');\n  },\n};\n");
  const outcome = await longmix(['train', build, '--trainer', path, '--out', join(folder, 'thrown')]);
  expectMessage(outcome, 1, /throws\.mjs: its step failed: kaboom/, 'it was thrown at throws.mjs:3:11');
});

it.each([
  ['null', 'step: () => null', /its step gave null for metrics/],
  ['bigint', 'step: () => 1n', /its step gave a bigint/],
  ['number', 'step: () => 2.5', /its step gave a number/],
  ['string', "step: () => 'finished'", /its step gave a string/],
  ['array', 'step: async () => [1]', /its step gave an array/],
  [
    'bigint-in',
    'step: () => ({ loss: 1n })',
    /its step gave a value that cannot be written as JSON \(.*BigInt/,
  ],
  ['finish', "step() {}, finish: () => 'done'", /its finish gave a string/],
  ['report', 'start({ report }) { report(null); }, step() {}', /its report gave null/],
  [
    'stuck',
    'step: () => new Promise(() => {})',
    /its step failed: it waits for something that never happens/,
  ],
  [
    'stuck-stop',
    "step() { throw 'one' }, stop: () => new Promise(() => {})",
    /its step failed: one/,
    /its stop failed/,
  ],
  [
    'stop',
    "step() { throw new Error('one') }, stop() { throw new Error('two') }",
    /its step failed: one/,
    /its stop failed: two/,
  ],
])('a module with %s is told as such', async (name, methods, ...says) => {
  const path = join(folder, `${name}.mjs`);
  writeFileSync(path, `export default { ${methods} };\n`);
  const flags = ['--trainer', path, '--steps', '2', '--out', join(folder, `misused-${name}`)];
  expectMessage(await longmix(['train', build, ...flags]), 1, `${name}.mjs: `, ...says);
});

it('a module that is never made is told as such', async () => {
  const path = join(folder, 'unmade.mjs');
  writeFileSync(path, 'export default () => new Promise(() => {});\n');
  const outcome = await longmix(['train', build, '--trainer', path, '--out', join(folder, 'unmade')]);
  expectMessage(outcome, 2, /unmade\.mjs cannot be loaded: it waits for something that never happens/);
});

it("a module's own LongmixError, from the library, is a message of the command's", async () => {
  const library = new URL('../../dist/index.js', import.meta.url).href;
  const path = join(folder, 'refuses.mjs');
  const step =
    "() => { throw new LongmixError('mine', 'rows of 128 are too short', { cure: 'longer rows' }); }";
  writeFileSync(path, `import { LongmixError } from '${library}';\nexport default { step: ${step} };\n`);
  const outcome = await longmix(['train', build, '--trainer', path, '--out', join(folder, 'refused')]);
  expectMessage(outcome, 2, 'rows of 128 are too short', 'longer rows');
});
