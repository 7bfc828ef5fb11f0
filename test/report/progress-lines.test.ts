import { describe, expect, test } from 'vitest';
import { notesOnly, progressLines } from '../../src/report/progress-lines.ts';

/** Progress on a stream that is kept, with a clock that the test moves. */
function progress(stream: { isTTY?: boolean; columns?: number } = {}) {
  const written: string[] = [];
  let time = Date.UTC(2026, 0, 1);
  const lines = progressLines(
    { ...stream, write: (text) => written.push(text) },
    { now: () => time, memory: () => 150e6 },
  );
  const wait = (seconds: number) => {
    time += seconds * 1000;
  };
  return { ...lines, written, wait };
}

describe('not a terminal', () => {
  test('a line every five seconds with share, rates and what is left; at the end what it took', () => {
    const { start, advance, end, wait, written } = progress();
    start('tokenize', 100e6, 'B');
    wait(4.9);
    advance(10e6, 2e6);
    expect(written).toEqual([]);
    wait(0.1);
    advance(10e6, 3e6);
    wait(1);
    advance(1e6, 1);
    wait(4);
    end();
    expect(written).toEqual([
      '2026-01-01T00:00:05.000Z tokenize: 20.0%, 20.0 MB, 4.00 MB/s, 1.00M tok/s, 0:20 left, 150 MB RSS\n',
      '2026-01-01T00:00:10.000Z tokenize: 21.0 MB in 10.0 s, 2.10 MB/s, 500K tok/s, 150 MB RSS\n',
    ]);
  });

  test('rows; a stage begins from nothing', () => {
    const { start, advance, end, wait, written } = progress();
    start('tokenize', 10, 'B');
    advance(10, 10);
    end();
    start('write train', 1, 'rows');
    wait(2);
    advance(1, 8192);
    end();
    expect(written.at(-1)).toBe(
      '2026-01-01T00:00:02.000Z write train: 1 row in 2.0 s, 4,096 tok/s, 150 MB RSS\n',
    );
  });

  test('no rate without time, no share without a total, and never above 100%', () => {
    const { start, advance, end, wait, written } = progress();
    start('tokenize', 0, 'B');
    end();
    start('tokenize', 10, 'B');
    wait(5);
    advance(25, 5);
    expect(written).toEqual([
      '2026-01-01T00:00:00.000Z tokenize: 0 B in 0.0 s, 150 MB RSS\n',
      '2026-01-01T00:00:05.000Z tokenize: 100.0%, 25 B, 5 B/s, 1 tok/s, 0:00 left, 150 MB RSS\n',
    ]);
  });
});

describe('a terminal', () => {
  test('one line, written over five times a second, and ended', () => {
    const { start, advance, end, wait, written } = progress({ isTTY: true, columns: 200 });
    start('tokenize', 100, 'B');
    for (let i = 0; i < 10; i += 1) {
      wait(0.1);
      advance(10, 1);
    }
    end();
    expect(written).toHaveLength(6);
    expect(written.every((text) => text.startsWith('\r\x1b[Ktokenize: '))).toBe(true);
    expect(written.map((text) => text.endsWith('\n'))).toEqual([false, false, false, false, false, true]);
  });

  test('a line never wraps: the next could not be written over it', () => {
    const { start, advance, wait, written } = progress({ isTTY: true, columns: 30 });
    start('tokenize', 100, 'B');
    wait(1);
    advance(10, 1);
    expect(written).toEqual(['\r\x1b[Ktokenize: 10.0%, 10 B, 10 B/…']);
  });

  test('a note takes the place of the line', () => {
    const { note, written } = progress({ isTTY: true });
    note('mind this');
    expect(written).toEqual(['\r\x1b[Knote: mind this\n']);
  });
});

test('notes only: nothing else', () => {
  const written: string[] = [];
  const { start, advance, end, note, aside } = notesOnly({ write: (text) => written.push(text) });
  start('tokenize', 1, 'B');
  advance(1, 1);
  end();
  note('mind this');
  aside('tokens reused');
  expect(written).toEqual(['note: mind this\n']);
});
