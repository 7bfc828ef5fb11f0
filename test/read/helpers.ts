/** Helpers for the tests of readers: a folder, a source, and documents joined again from chunks. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { DocumentChunk, ReadCounts, ReadUnit } from '../../src/nouns/documents.ts';
import type { SourceSpec } from '../../src/nouns/recipe.ts';
import { discover, splitUnits } from '../../src/read/input/discover.ts';
import { createReadCounts, read } from '../../src/read/read.ts';

export { failureOf as errorOf } from '../support/error-of.ts';
export { splitUnits };

interface ReadDocument {
  readonly text: string;
  readonly id: string | null;
  readonly record: number;
  readonly source: string | null;
}

export interface ReadResult {
  readonly documents: ReadDocument[];
  readonly chunks: DocumentChunk[];
  readonly counts: ReadCounts;
}

/** A folder that goes when the test ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'longmix-read-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function sourceOf(path: string, more: Partial<SourceSpec> = {}): SourceSpec {
  return {
    name: 'test',
    path,
    format: null,
    fields: { text: 'text', id: 'id', source: null },
    join: 'file',
    separator: '\n',
    encoding: null,
    quote: 'auto',
    include: [],
    exclude: [],
    ...more,
  };
}

/** All documents of a source, through `discover` and `read`. */
export async function readSource(
  source: SourceSpec,
  options: { rangeBytes?: number; chunkBytes?: number; recordBytes?: number } = {},
): Promise<ReadResult> {
  const { units } = await discover(source);
  const { rangeBytes } = options;
  return readUnits(rangeBytes === undefined ? units : await splitUnits(units, rangeBytes), options);
}

async function readUnits(
  units: readonly ReadUnit[],
  options: { chunkBytes?: number } = {},
): Promise<ReadResult> {
  const counts = createReadCounts();
  const documents: ReadDocument[] = [];
  const chunks: DocumentChunk[] = [];
  for (const unit of units) {
    // A unit numbers its own records; those of a file go on where its last unit ended.
    const before = unit.start === 0 ? 0 : counts.lines;
    const samplesBefore = counts.badSamples.length;
    let open = '';
    for await (const chunk of read(unit, counts, options)) {
      chunks.push(chunk);
      let start = 0;
      for (const [number, end] of chunk.ends.entries()) {
        const text = open + decoder.decode(chunk.text.subarray(start, end));
        start = end;
        open = '';
        if (chunk.open && number === chunk.ends.length - 1) open = text;
        else {
          const source = chunk.sources?.[number] ?? null;
          documents.push({ text, id: chunk.ids[number]!, record: before + chunk.records[number]!, source });
        }
      }
      if (start !== chunk.text.length) throw new Error('text after the last document');
    }
    if (open !== '') throw new Error('the last document of a unit is open');
    const samples = counts.badSamples.splice(samplesBefore);
    counts.badSamples.push(
      ...samples.map((sample) => ({ ...sample, start: 0, record: before + sample.record })),
    );
  }
  return { documents, chunks, counts };
}

/** Fatal: a chunk whose text is not well-formed UTF-8 fails the test. */
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
