/** Reads the texts of a recipe's sources one by one, with where each comes from. Memory: a document at a time. */
import type { ReadUnit } from '../../nouns/documents.ts';
import type { Recipe } from '../../nouns/recipe.ts';
import { discover } from '../../read/input/discover.ts';
import { createReadCounts, read } from '../../read/read.ts';

export interface Origin {
  readonly source: string;
  /** Path below the source's root. */
  readonly file: string;
  /** The record's number in the file, from 1; 0: the whole file. */
  readonly record: number;
}

export interface LongDocument extends Origin {
  readonly text: string;
}

export async function* documentsOf({ sources }: Recipe): AsyncGenerator<LongDocument> {
  for (const source of sources) {
    // Ids and conversations have no text to ask about.
    if (source.tokens !== undefined || source.chat !== undefined) continue;
    const { units } = await discover(source);
    for (const unit of units) yield* documentsIn(unit);
  }
}

async function* documentsIn(unit: ReadUnit): AsyncGenerator<LongDocument> {
  let open: Buffer[] = [];
  for await (const { text, ends, records, open: isOpen } of read(unit, createReadCounts())) {
    for (const [i, end] of ends.entries()) {
      open.push(Buffer.from(text.subarray(ends[i - 1] ?? 0, end)));
      if (isOpen && i === ends.length - 1) break;
      const whole = Buffer.concat(open).toString();
      open = [];
      yield { source: unit.source.name, file: unit.name, record: records[i]!, text: whole };
    }
  }
}

/** What tells documents of a corpus apart. */
export function originKey({ source, file, record }: Origin): string {
  return JSON.stringify([source, file, record]);
}
