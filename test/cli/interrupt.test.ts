/**
 * Interruptions while tokenizing and while writing shards, with one and two workers: they give the exit code and a
 * message, leave no folder that looks finished, and the next run ends with the bytes of an uninterrupted run.
 */
import { cpSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import {
  expectNothingFinished,
  type Outcome,
  type Started,
  start,
  temporaryFiles,
  until,
  workplace,
} from '../support/command.ts';
import { hashes } from '../support/folder.ts';

const place = workplace();
afterAll(() => place[Symbol.dispose]());
// What a failed test leaves would start the next one in the middle.
afterEach(() => rmSync(at('out'), { recursive: true, force: true }));
const at = (name: string): string => join(place.path, name);
let reference: Record<string, string> = {};

beforeAll(async () => {
  // Some tenths of a second of tokenizing, in two parts, and some hundred shards.
  place.write('a.jsonl', wordyLines(1, 800));
  place.write('b.jsonl', wordyLines(2, 800));
  place.write(
    'mix.yaml',
    'sources: { a: ./a.jsonl, b: ./b.jsonl }\nsequences: { length: 512 }\nshards: { size: 10KB }\nsplit: { validation: 5% }\n',
  );
  expect((await place.run('build', 'mix.yaml', '--out', 'reference', '--quiet')).code).toBe(0);
  reference = hashes(at('reference'));
}, 60_000);

test.each([
  { workers: '1', signal: 'SIGINT', code: 130 },
  { workers: '2', signal: 'SIGINT', code: 130 },
] as const)('$signal while tokenizing, $workers workers', async ({ workers, signal, code }) => {
  const { child, finished } = start(build(workers), { cwd: place.path });
  await until('a part in the making', () => temporaryFiles(at('out')).length > 0);
  child.kill(signal);
  expectInterrupted(await finished, code);
  await expectRerunGoesOn(workers);
});

test.each([
  { workers: '1', signal: 'SIGINT', code: 130 },
  { workers: '2', signal: 'SIGINT', code: 130 },
  { workers: '2', signal: 'SIGTERM', code: 143 },
] as const)('$signal while writing shards, $workers workers', async ({ workers, signal, code }) => {
  const { child, finished } = await startAndAwaitShards(workers);
  child.kill(signal);
  const outcome = await finished;
  rmSync(at('out/store/store.json'));
  expectInterrupted(outcome, code);
  cpSync(at('reference/store/store.json'), at('out/store/store.json'));
  await expectRerunGoesOn(workers);
});

test('kill -9 while writing shards', async () => {
  const { child, finished } = await startAndAwaitShards('2');
  child.kill('SIGKILL');
  expect((await finished).signal).toBe('SIGKILL');
  expect(existsSync(at('out/train/manifest.json'))).toBe(false);
  await expectRerunGoesOn('1');
});

test('a second Ctrl-C', async () => {
  const { child, finished } = start(build('1'), { cwd: place.path });
  await until('a part in the making', () => temporaryFiles(at('out')).length > 0);
  child.kill('SIGINT');
  child.kill('SIGINT');
  const { code, signal } = await finished;
  expect([code, signal]).toSatisfy(([c, s]: unknown[]) => c === 130 || s === 'SIGINT');
  expectNothingFinished(at('out'));
  await expectRerunGoesOn('1');
});

test('Ctrl-C while standard input is awaited', async () => {
  const { child, finished } = start(['build', '-', '--out', 'out'], { cwd: place.path, input: null });
  child.stdin!.write('{"text": "a first line, then silence"}\n');
  await until('the input', () => temporaryFiles(at('out')).length > 0);
  child.kill('SIGINT');
  expectInterrupted(await finished, 130);
  expect(temporaryFiles(at('out'))).toEqual([]);
});

/** Tokenizing is done already; the signal comes when some shards are there. */
async function startAndAwaitShards(workers: string): Promise<Started> {
  cpSync(at('reference/store'), at('out/store'), { recursive: true });
  const started = start(build(workers), { cwd: place.path });
  await until('some shards', () => existsSync(at('out/train')) && readdirSync(at('out/train')).length > 3);
  return started;
}

function build(workers: string): string[] {
  return ['build', 'mix.yaml', '--out', 'out', '--workers', workers, '--quiet'];
}

function expectInterrupted({ code, stdout, stderr }: Outcome, expected: number): void {
  expect({ code, stdout, stderr }).toEqual({
    code: expected,
    stdout: '',
    stderr: 'longmix: interrupted; finished work is kept, and the same command continues from there\n',
  });
  expectNothingFinished(at('out'));
}

async function expectRerunGoesOn(workers: string): Promise<void> {
  expect(await place.run(...build(workers))).toMatchObject({ code: 0, stderr: '' });
  expect(hashes(at('out'))).toEqual(reference);
  expect(temporaryFiles(at('out'))).toEqual([]);
}

/** JSON Lines of documents of changing words, so that no part of the tokenizer can remember them all. */
function wordyLines(seed: number, documents: number): string {
  let state = seed;
  const next = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state % below;
  };
  const word = (): string => next(2 ** 24).toString(36);
  const lines = Array.from({ length: documents }, (_, i) => {
    return JSON.stringify({
      id: `${seed}-${i}`,
      text: Array.from({ length: 150 + next(150) }, word).join(' '),
    });
  });
  return `${lines.join('\n')}\n`;
}
