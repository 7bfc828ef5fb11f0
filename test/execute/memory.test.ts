/** `--memory`: a process stays below this bound, and a bound that is too small is reported. Needs dist/. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { workerLimits } from '../../src/execute/memory.ts';
import { openShared } from '../../src/tokenize/engine/kernel-tokenizer.ts';
import { loadTokenizer } from '../../src/tokenize/load.ts';
import { expectMessage, workplace } from '../support/command.ts';
import { fuzzTimeout } from '../support/fuzz.ts';

const bench = fileURLToPath(new URL('../../bench/memory.mjs', import.meta.url));
/** MB of each corpus. 1,000 is what bench/RESULTS.md has. */
const megabytes = 3 * Math.max(1, Number(process.env.LONGMIX_FUZZ ?? 1));

it(
  'is a bound of the largest resident size, whatever the text',
  async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [bench, '--mb', `${megabytes}`]);
    const rows = stdout.split('\n').filter((line) => /^\| (records|one)/.test(line));
    expect(rows).toHaveLength(6);
    for (const row of rows) {
      const [, bound, , rss] = row
        .split('|')
        .slice(1)
        .map((cell) => cell.trim());
      expect(Number(rss), row).toBeLessThanOrEqual(bound === '1GB' ? 1000 : 512);
      expect(Number(rss), row).toBeGreaterThan(50);
    }
  },
  fuzzTimeout(120_000),
);

it('says which record is too large for it', async () => {
  using place = workplace();
  const line = (text: string) => `${JSON.stringify({ text })}\n`;
  place.write('corpus/a.jsonl', line('short') + line('long '.repeat(8_000_000)));
  const args = ['tokenize', 'corpus', '--out', 'store', '--quiet', '--workers', '1'];
  expectMessage(
    await place.run(...args, '--memory', '384MB'),
    1,
    'a.jsonl:2',
    'a record of more than',
    '--memory',
  );
  expect((await place.run(...args, '--memory', '1GB')).code).toBe(0);
});

it('says that a text without any place to cut it needs more', async () => {
  const { shared } = await loadTokenizer({ encoding: 'gpt2' });
  const { kernelBytes } = workerLimits(384_000_000, 2, shared);
  const tokenizer = await openShared(shared!, kernelBytes);
  const text = Buffer.alloc(16 * 1024 * 1024, 'a');
  expect(() => tokenizer.encode(text, [text.length])).toThrow(
    expect.objectContaining({ code: 'memory-exceeded', exitCode: 1 }),
  );
  await expect(openShared(shared!, 1_000_000)).rejects.toMatchObject({ code: 'memory-exceeded' });
});
