/**
 * What a store is to one recipe: the parts of the recipe's sources, in the recipe's order. Numbers of documents, and the
 * fingerprint, follow from these alone, so shards do not depend on what else a store holds, or on what it held before.
 */
import { fingerprint } from '../base/fingerprint.ts';
import type {
  PartCounts,
  PartRecord,
  SourceReading,
  StoreDtype,
  StoreManifest,
  TokenizerRecord,
} from './format.ts';
import { storeFormat, storeVersion } from './format.ts';

/** A source of a store: how it was read, and what came of it. */
export interface StoredSource {
  readonly reading: SourceReading;
  readonly parts: readonly PartRecord[];
}

export interface StoreContent {
  readonly tokenizer: TokenizerRecord;
  readonly dtype: StoreDtype;
  readonly sources: readonly StoredSource[];
}

/** The record of these sources, in this order. */
export function storeManifest({ tokenizer, dtype, sources }: StoreContent): StoreManifest {
  const reading = sources.map((source) => source.reading);
  const parts = sources.flatMap((source) => source.parts);
  // A source whose records name theirs has no documents of its own name.
  const own = reading.filter(({ fields }) => fields.source === null).map(({ source }) => source);
  const named = new Set(parts.flatMap((part) => part.sources ?? []));
  for (const source of own) named.delete(source);
  return {
    format: storeFormat,
    version: storeVersion,
    fingerprint: fingerprint([storeVersion, tokenizer.fingerprint, reading, parts]),
    tokenizer,
    dtype,
    reading,
    sources: [...own, ...[...named].sort()],
    totals: sumOf(parts),
    parts,
  };
}

export function sumOf(parts: readonly PartCounts[]): PartCounts {
  const total = (pick: (part: PartCounts) => number) => parts.reduce((sum, part) => sum + pick(part), 0);
  return {
    documents: total((part) => part.documents),
    tokens: total((part) => part.tokens),
    textBytes: total((part) => part.textBytes),
    replaced: total((part) => part.replaced),
    badRecords: total((part) => part.badRecords),
  };
}

/** The sources of a record by name. A part is of one source, which its inputs name; one without inputs there is not. */
export function storedSources(manifest: StoreManifest): ReadonlyMap<string, StoredSource> {
  const parts = new Map<string, PartRecord[]>(manifest.reading.map(({ source }) => [source, []]));
  for (const part of manifest.parts) parts.get(part.inputs[0]!.source)?.push(part);
  return new Map(
    manifest.reading.map((reading) => [reading.source, { reading, parts: parts.get(reading.source)! }]),
  );
}

/** The record of some of its sources, in the order of the names; null: it lacks one of them. */
export function viewOf(manifest: StoreManifest, names: readonly string[]): StoreManifest | null {
  const held = storedSources(manifest);
  const sources = names.map((name) => held.get(name));
  if (!sources.every((source) => source !== undefined)) return null;
  return storeManifest({ ...manifest, sources });
}
