/** How long the documents of a corpus are: quantiles by source, characters per token, and the longest documents. */

import type { DocumentTable } from '../../nouns/tokens.ts';
import { readDocuments } from '../../shard/documents-file.ts';
import { documentsFile, type ShardSetManifest } from '../../shard/format.ts';
import { join } from '../../storage/paths.ts';
import type { StoreManifest } from '../../store/format.ts';
import { documentOrigins } from '../../store/reader.ts';

const quantiles = [0.1, 0.5, 0.9, 0.99] as const;
const longestShown = 10;

export interface SourceLengths {
  /** null: all sources together. */
  readonly source: string | null;
  readonly documents: number;
  /** In tokens: at least 10 % (50, 90, 99 %) of the documents are not longer. */
  readonly p10: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly longest: number;
  readonly mean: number;
  /** null: unknown, because shards do not record characters. */
  readonly charactersPerToken: number | null;
}

export interface LongDocument {
  readonly document: number;
  readonly tokens: number;
  readonly source: string;
  readonly file: string;
  /** The record's number, from 1; 0: the whole file. */
  readonly record: number;
  readonly id: string | null;
}

export interface DocumentLengths {
  readonly sources: readonly SourceLengths[];
  /** Sorted by length, longest first. */
  readonly longest: readonly LongDocument[];
}

export async function lengthsOfStore(
  folder: string,
  manifest: StoreManifest,
  table: DocumentTable,
  characters: Uint32Array,
): Promise<DocumentLengths> {
  const counts = new Float64Array(table.sources.length);
  const letters = new Float64Array(table.sources.length);
  for (let d = 0; d < table.count; d += 1) {
    counts[table.source[d]!]! += 1;
    letters[table.source[d]!]! += characters[d]!;
  }
  const lengths = Array.from(counts, (count) => new Uint32Array(count));
  counts.fill(0);
  for (let d = 0; d < table.count; d += 1) {
    const source = table.source[d]!;
    lengths[source]![counts[source]!++] = table.lengths[d]!;
  }
  const named = table.sources.flatMap((source, s) =>
    lengths[s]!.length === 0 ? [] : [lengthsOf(source, lengths[s]!, letters[s]!)],
  );
  const isKnown = named.every(
    ({ charactersPerToken, longest }) => charactersPerToken !== null || longest === 0,
  );
  const all = lengthsOf(null, table.lengths.slice(), isKnown ? letters.reduce((a, b) => a + b, 0) : null);
  const numbers = longestDocuments(table.lengths);
  const origins = await documentOrigins(folder, manifest, numbers);
  return {
    sources: table.count === 0 ? [] : [...named, all],
    longest: numbers.map((document, i) => {
      const { source, origin, record, id } = origins[i]!;
      return { document, tokens: table.lengths[document]!, source, file: origin, record, id };
    }),
  };
}

/** Lengths of the documents in the shards, each counted once and whole; null: the shards list no documents. */
export async function lengthsOfShards(
  folder: string,
  { documents }: ShardSetManifest,
): Promise<DocumentLengths | null> {
  if (documents == null || documents.rows === 0) return null;
  const lengths = new Map<string, number[]>();
  const all = new Uint32Array(documents.rows);
  let longest: LongDocument[] = [];
  let at = 0;
  for await (const { document, tokens, source, file, record, id } of readDocuments(
    join(folder, documentsFile),
    null,
  )) {
    all[at++] = tokens;
    const mine = lengths.get(source);
    if (mine === undefined) lengths.set(source, [tokens]);
    else mine.push(tokens);
    if (longest.length === longestShown && tokens <= longest.at(-1)!.tokens) continue;
    longest.push({ document, tokens, source, file, record, id });
    longest = longest.sort(longerFirst).slice(0, longestShown);
  }
  const named = [...lengths].map(([source, found]) => lengthsOf(source, Uint32Array.from(found), null));
  return { sources: [...named, lengthsOf(null, all, null)], longest };
}

/** @param lengths are sorted in place */
function lengthsOf(source: string | null, lengths: Uint32Array, characters: number | null): SourceLengths {
  lengths.sort();
  const tokens = lengths.reduce((sum, length) => sum + length, 0);
  const [p10, p50, p90, p99] = quantiles.map(
    (share) => lengths[Math.max(0, Math.ceil(share * lengths.length) - 1)]!,
  );
  return {
    ...{ source, documents: lengths.length, p10: p10!, p50: p50!, p90: p90!, p99: p99! },
    longest: lengths.at(-1)!,
    mean: tokens / lengths.length,
    // Characters of token ids are not known.
    charactersPerToken: characters === null || characters === 0 || tokens === 0 ? null : characters / tokens,
  };
}

/** Numbers of the longest documents; among documents of equal length, the first ones. */
function longestDocuments(lengths: Uint32Array): number[] {
  let found: { document: number; tokens: number }[] = [];
  for (let document = 0; document < lengths.length; document += 1) {
    const tokens = lengths[document]!;
    if (found.length === longestShown && tokens <= found.at(-1)!.tokens) continue;
    found.push({ document, tokens });
    found = found.sort(longerFirst).slice(0, longestShown);
  }
  return found.map(({ document }) => document);
}

function longerFirst(
  a: { tokens: number; document: number },
  b: { tokens: number; document: number },
): number {
  return b.tokens - a.tokens || a.document - b.document;
}
