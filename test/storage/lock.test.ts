/** Only one writer per folder. `test/cli/lock.test.ts` tests whole commands. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { withLock } from '../../src/storage/lock.ts';
import { temporaryFolder } from '../support/folder.ts';

const lockFile = '.longmix.lock';

/** A folder with the mark of a process. */
function lockedBy(mark: object | string): { folder: string; file: string } {
  const folder = temporaryFolder();
  const file = join(folder, lockFile);
  const since = new Date(0).toISOString();
  writeFileSync(
    file,
    typeof mark === 'string' ? mark : JSON.stringify({ host: hostname(), began: null, since, ...mark }),
  );
  return { folder, file };
}

/** The number of a process that has ended. */
const gone = () => spawnSync(process.execPath, ['-e', '']).pid;

it('marks the folder while the work goes on, and no longer', async () => {
  const folder = temporaryFolder();
  const file = join(folder, lockFile);
  const result = await withLock(folder, () => {
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ host: hostname(), pid: process.pid });
    expect(readdirSync(folder)).toEqual([lockFile]);
    return 'done';
  });
  expect(result).toBe('done');
  await expect(withLock(folder, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(readdirSync(folder)).toEqual([]);
});

it('is refused while a process that holds it runs', async () => {
  // The parent of this one runs as long as it does.
  const { folder, file } = lockedBy({ pid: process.ppid });
  const before = readFileSync(file, 'utf8');
  await expect(withLock(folder, () => {})).rejects.toMatchObject({ code: 'folder-busy', exitCode: 1 });
  expect(readFileSync(file, 'utf8')).toBe(before);
  expect(readdirSync(folder)).toEqual([lockFile]);
});

it.each([
  ['a process that is gone', () => ({ pid: gone() })],
  ['an earlier process of the same number', () => ({ pid: process.ppid, began: 'an earlier boot 17' })],
  ['another host', () => ({ pid: process.ppid, host: 'no-such-host' })],
  ['nobody, as it is torn', () => '{"host":'],
])('is taken over from %s', async (_, mark) => {
  const { folder, file } = lockedBy(mark());
  await withLock(folder, () =>
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ pid: process.pid }),
  );
  expect(readdirSync(folder)).toEqual([]);
});

it('is not removed by one from whom it was taken over', async () => {
  const folder = temporaryFolder();
  const file = join(folder, lockFile);
  await withLock(folder, () => writeFileSync(file, 'another'));
  expect(readFileSync(file, 'utf8')).toBe('another');
});

it('may be asked for again by the work that has it, and by no other of this process', async () => {
  const folder = temporaryFolder();
  let end = () => {};
  const first = withLock(folder, async () => {
    await withLock(folder, () => expect(existsSync(join(folder, lockFile))).toBe(true));
    expect(existsSync(join(folder, lockFile))).toBe(true);
    await new Promise<void>((resolve) => {
      end = resolve;
    });
  });
  await expect(withLock(folder, () => {})).rejects.toThrow(/this very process/);
  end();
  await first;
});

it('lets the work begin where nothing can be written: what must be written says so', async () => {
  // Nobody, root included, makes files there.
  if (!existsSync('/proc/self')) return;
  expect(await withLock('/proc/self', () => 'done')).toBe('done');
});
