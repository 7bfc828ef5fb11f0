/** Addresses where a command takes a corpus, in the built command with its threads. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  expectMessage,
  jsonLines,
  longmix,
  longmixOk,
  type Workplace,
  workplace,
} from '../support/command.ts';
import { startFakeHub } from '../support/fake-hub.ts';
import { fileServer } from '../support/file-server.ts';
import { hashes } from '../support/folder.ts';

function place(): Workplace {
  const made = workplace();
  onTestFinished(() => made[Symbol.dispose]());
  return made;
}

/** All that a command left in a folder, notes included, and what it said. */
function allBytes(folder: string): string {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return files.map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'latin1')).join('\n');
}

const setting = ['--length', '256', '--tokenizer', 'gpt2'];

describe('a signed address', () => {
  it('is read by all threads, gives what the file gives, and its signature is nowhere', async () => {
    const { path, write, run } = place();
    // Several parts.
    write('corpus.jsonl', jsonLines(20_000));
    const { address } = await fileServer(path, (request, answer) => {
      if (request.url!.includes('planted-signature')) return false;
      answer.writeHead(403).end();
      return true;
    });
    const corpus = `${address}/corpus.jsonl?sig=planted-signature`;
    const local = await run('build', 'corpus.jsonl', '--out', 'local', ...setting);
    const remote = await run('build', corpus, '--out', 'remote', '--workers', '3', ...setting);
    expect([local.code, remote.code, remote.stderr]).toEqual([0, 0, expect.any(String)]);
    expect(hashes(join(path, 'remote'))).toEqual(hashes(join(path, 'local')));
    const plan = await run('plan', corpus, '--out', 'remote', ...setting);
    expect(plan.stderr).toContain('tokens reused');
    const shown = remote.stdout + remote.stderr + plan.stdout + plan.stderr;
    expect(`${allBytes(join(path, 'remote'))}${shown}`).not.toContain('planted-signature');
    const refused = await run('build', corpus.replace('signature', 'sig'), '--out', 'other', ...setting);
    expectMessage(refused, 2, `${address}/corpus.jsonl`);
    expect(refused.stderr).not.toContain('planted');
  });
});

describe('--cache', () => {
  it('keeps what was read for other commands, and their threads', async () => {
    const { path, write, run } = place();
    write('corpus.jsonl', jsonLines(10_000));
    const { address, sent } = await fileServer(path);
    const build = (out: string) =>
      run('build', `${address}/corpus.jsonl`, '--out', out, '--workers', '2', '--cache', 'kept', ...setting);
    expect((await build('first')).code).toBe(0);
    const first = sent.bytes;
    expect((await build('second')).code).toBe(0);
    expect(sent.bytes - first).toBeLessThan(1000);
    expect(first).toBeGreaterThan(1_000_000);
    expect(hashes(join(path, 'second'))).toEqual(hashes(join(path, 'first')));
    expect(readdirSync(join(path, 'kept')).length).toBeGreaterThan(0);
  });

  it('refuses a size that is none, and a file in place of the folder', async () => {
    const { write, run } = place();
    write('a.txt', 'text');
    expectMessage(await run('build', 'a.txt', '--cache-size', '1GB'), 2, '--cache-size without --cache');
    expectMessage(await run('build', 'a.txt', '--cache', 'kept', '--cache-size', '1KB'), 2, 'too little');
    expectMessage(await run('build', 'a.txt', '--cache', 'kept', '--cache-size', 'much'), 2, 'found "much"');
    expectMessage(await run('build', 'a.txt', '--cache', 'a.txt'), 2, 'not a folder');
    expectMessage(
      await run('build', 'a.txt', '--cache', 's3://b/c?sig=planted'),
      2,
      /s3:\/\/b\/c\S* is an address/,
    );
  });

  it('says before anything is fetched that the folder cannot be written', async () => {
    const { path, write, run } = place();
    write('a.txt', 'text');
    const { address, sent } = await fileServer(path);
    const refused = await run('build', `${address}/a.txt`, '--cache', 'a.txt/kept');
    expectMessage(refused, 2, /cannot keep what is read in the cache folder .*a\.txt\/kept/);
    expect(sent.bytes).toBe(0);
    // Of no use here, so nobody minds.
    expect((await run('plan', 'a.txt', '--cache', 'a.txt/kept', ...setting)).code).toBe(0);
  });
});

describe('init', () => {
  it('writes a recipe for a dataset of the hub, which builds', async () => {
    const { path, run } = place();
    const texts = (kind: string) => Buffer.from(jsonLines(60).replaceAll('Document', kind));
    const files = new Map([
      ['web/a.jsonl', texts('Page')],
      ['web/b.jsonl', texts('Other page')],
      ['books/c.jsonl', texts('Book')],
      ['README.md', Buffer.from('# About')],
    ]);
    const hub = await startFakeHub([{ name: 'me/corpus', files }]);
    vi.stubEnv('HF_ENDPOINT', hub.endpoint);
    onTestFinished(() => void vi.unstubAllEnvs());
    const made = await run('init', 'hf://datasets/me/corpus', '--out', 'mix.yaml');
    expect(made.code).toBe(0);
    const recipe = readFileSync(join(path, 'mix.yaml'), 'utf8');
    for (const line of [
      'web: { path: "hf://datasets/me/corpus/web" }',
      'books: { path: "hf://datasets/me/corpus/books" }',
    ])
      expect(recipe).toContain(line);
    const built = await run('build', 'mix.yaml', '--length', '256', '--json', '--quiet');
    expect(built).toMatchObject({ code: 0, stderr: '' });
    const { store } = JSON.parse(built.stdout) as { store: { documents: number } };
    // 180 records, exact copies too, and the page about them.
    expect(store.documents).toBe(181);
  });
});

describe('errors', () => {
  it('an unknown scheme lists those that are known, as a corpus and in a recipe', async () => {
    const { run, write } = place();
    write('mix.yaml', 'sources: { web: "ftp://host/web" }\n');
    for (const args of [
      ['build', 'ftp://host/web'],
      ['build', 'mix.yaml'],
      ['init', 'ftp://host/web'],
    ])
      expectMessage(await run(...args), 2, 'ftp://host/web', 's3://BUCKET', 'hf://datasets/');
  });

  it.each(['s3://', 'gs://', 'hf://', 'https://'])('names what an address lacks: %s', async (address) => {
    expectMessage(await longmix(['plan', address]), 2, address, 'not an address that longmix reads');
  });

  it('a recipe is not read from an address', async () => {
    expectMessage(
      await longmix(['build', 'https://127.0.0.1/mix.yaml']),
      2,
      'a recipe must be a file of this machine',
    );
  });

  it('a file that is not there, and a folder of a web server', async () => {
    const { path, run } = place();
    writeFileSync(join(path, 'a.jsonl'), jsonLines(2));
    const { address } = await fileServer(path);
    expectMessage(await run('build', `${address}/b.jsonl`), 2, `${address}/b.jsonl`);
    for (const folder of ['', '*.jsonl', 'x//y.jsonl', '../a.jsonl'])
      expectMessage(await run('build', `${address}/${folder}`), 2, address);
    await longmixOk(['tokenize', `${address}/a.jsonl`, '--out', 'store'], path);
  });
});
