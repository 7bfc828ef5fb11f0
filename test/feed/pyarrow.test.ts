/** pyarrow reads the output of `pipe` and `serve`: changing widths, both types of ids, every column. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { feedOf } from '../../src/feed/feed.ts';
import { openSets } from '../../src/feed/rows/sets.ts';
import { feedServer } from '../../src/feed/serve/server.ts';
import { shell } from '../support/command.ts';
import { type BuildName, builtFolder, expectedSteps, type StreamedStep } from '../support/feed.ts';
import { findPython } from '../support/python.ts';

const python = findPython('test/feed/pyarrow');
const script = fileURLToPath(new URL('read_stream.py', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'longmix-pyarrow-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Line {
  readonly types: readonly string[];
  readonly rows: readonly {
    readonly step: number;
    readonly epoch: number;
    readonly row: number;
    readonly input_ids: readonly number[];
    readonly seq_lengths: readonly number[];
    readonly padding: number;
  }[];
}

function stepsOf(printed: string): { steps: StreamedStep[]; types: Set<string> } {
  const lines = printed
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
  const steps = lines.map(({ rows }) => {
    const [{ epoch, step }] = rows as [Line['rows'][number]];
    for (const row of rows) expect([row.epoch, row.step]).toEqual([epoch, step]);
    return {
      epoch,
      step,
      rows: rows.map(({ row, input_ids: ids, seq_lengths: seqLengths, padding }) => ({
        row,
        ids,
        seqLengths,
        padding,
      })),
    };
  });
  return { steps, types: new Set(lines.map(({ types }) => types.join(' '))) };
}

describe.skipIf(python === null).each([
  { name: 'phases', ids: 'uint16', widths: [64, 512] },
  { name: 'decompose', ids: 'uint16', widths: [32, 64, 128, 256] },
  { name: 'wide', ids: 'int32', widths: [257] },
] as { name: BuildName; ids: string; widths: number[] }[])('pyarrow, $name', ({ name, ids, widths }) => {
  it('reads what pipe and serve send', async () => {
    const out = await builtFolder(folder, name);
    const opened = openSets(out);
    const options = name === 'wide' ? { rowsPerStep: 2 } : {};
    const feed = feedOf(opened, options);
    const course = { from: { epoch: 0, step: 0 }, steps: feed.epochSteps + 2, rank: 1, worldSize: 2 };
    const expected = expectedSteps(feed, course);
    const types = new Set(
      widths.map((width) => {
        return `uint32 uint32 uint32 fixed_size_list<item: ${ids}>[${width}] list<item: int32> uint32`;
      }),
    );

    const rows = name === 'wide' ? '--rows-per-step 2' : '';
    const piped = await shell(
      `longmix pipe '${out}' ${rows} --rank 1 --world-size 2 --steps ${course.steps} | '${python}' '${script}'`,
      {},
    );
    expect(piped.stderr).toBe('');
    expect(stepsOf(piped.stdout)).toEqual({ steps: expected, types });

    const limits = { token: null, tls: null, maxConnections: 10, idleSeconds: 10, onError: () => {} };
    const { server, stop } = feedServer(opened, { ...limits, ...options });
    server.listen({ host: '127.0.0.1', port: 0 });
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}/v1/stream?rank=1&world_size=2&steps=${course.steps}`;
    const { stdout } = await promisify(execFile)(python!, [script, url], { maxBuffer: 2 ** 28 });
    expect(stepsOf(stdout)).toEqual({ steps: expected, types });
    await stop();
    feed.close();
  });
});
