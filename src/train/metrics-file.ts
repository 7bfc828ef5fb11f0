/** metrics.jsonl of a run: a line of JSON per step, appended at once, so that a crash leaves all lines up to then. */

import { join } from 'node:path';
import { orUnwritable, writeFile } from '../storage/commit.ts';
import { appendText, exists, linkStatOf, readText, removeFile } from '../storage/files.ts';
import type { Metrics } from './trainer.ts';

const name = 'metrics.jsonl';

export function hasMetrics(out: string): boolean {
  return exists(join(out, name));
}

/** Removes the lines of steps that will be done again, and an incomplete last line. */
export function rewindMetrics(out: string, step: number): void {
  if (!hasMetrics(out)) return;
  const kept = readText(join(out, name))
    .split('\n')
    .filter((line) => isBefore(line, step));
  writeFile(join(out, name), kept.map((line) => `${line}\n`).join(''));
}

/** @throws LongmixError `output-unwritable` */
export function appendMetrics(out: string, metrics: Metrics): void {
  const path = join(out, name);
  const line = `${JSON.stringify(metrics)}\n`;
  orUnwritable(path, () => appendText(path, line));
}

function isBefore(line: string, step: number): boolean {
  try {
    return ((JSON.parse(line) as { step?: number }).step ?? 0) < step;
  } catch {
    return false;
  }
}

/** Removes the metrics of an earlier run. */
export function dropMetrics(out: string): void {
  const path = join(out, name);
  if (linkStatOf(path)?.kind === 'file') removeFile(path);
}

/** Reads all lines, in order. */
export function readMetrics(out: string): Metrics[] {
  const lines = readText(join(out, name)).split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Metrics);
}
