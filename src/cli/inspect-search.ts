/** Finds pieces of documents in shards, by document, source or text: the first ones, or random ones. */

import { inLanes } from '../base/in-lanes.ts';
import { keyedHash } from '../base/keyed-hash.ts';
import { documentsNamed } from '../build/origins.ts';
import { LongmixError } from '../errors.ts';
import type { Tokenizer } from '../nouns/tokens.ts';
import type { ShardSetManifest } from '../shard/format.ts';
import { fetchBatch, fetchRow, rowOf } from '../shard/reader.ts';
import type { Row } from '../shard/row-columns.ts';
import type { MaybePromise } from '../storage/storage.ts';

export interface OpenSet {
  readonly folder: string;
  readonly manifest: ShardSetManifest;
}

/** A piece of a row, and its place. */
export interface FoundPiece {
  readonly set: OpenSet;
  readonly row: number;
  readonly piece: number;
  readonly data: Row;
}

export interface Wanted {
  /** Number, id or file of a document. */
  readonly doc: string | null;
  readonly source: string | null;
  readonly grep: string | null;
}

/** Rows of a bucket that are read at once. */
const lanes = 8;

/** Returns at most `limit` pieces in the order of rows. Reading stops when there are enough. */
export async function firstPieces(
  sets: readonly OpenSet[],
  wanted: Wanted,
  limit: number,
  tokenizer: Tokenizer,
): Promise<FoundPiece[]> {
  const found: FoundPiece[] = [];
  for await (const piece of matches(sets, wanted, tokenizer)) {
    found.push(piece);
    if (found.length === limit) break;
  }
  return found;
}

/**
 * Returns `count` pieces, chosen by the seed. Without conditions, it chooses `count` rows, and takes from each the
 * piece that a random token belongs to.
 */
export async function randomPieces(
  sets: readonly OpenSet[],
  wanted: Wanted,
  count: number,
  seed: number,
  tokenizer: Tokenizer,
): Promise<FoundPiece[]> {
  const hash = keyedHash(seed, 'inspect');
  const chosen = new Lowest<() => MaybePromise<FoundPiece>>(count);
  let number = 0;
  if (wanted.doc === null && wanted.source === null && wanted.grep === null) {
    for (const set of sets) {
      for (let row = 0; row < set.manifest.rows; row += 1, number += 1) {
        const at = hash(number, 0, 1);
        chosen.offer(hash(number, 0, 0), () => pieceAt(set, row, at));
      }
    }
  } else {
    for await (const piece of matches(sets, wanted, tokenizer)) {
      chosen.offer(hash(number, 0, 0), () => piece);
      number += 1;
    }
  }
  return await inLanes(chosen.values(), lanes, async (read) => await read());
}

/** Returns the piece that a random token of the row belongs to. */
async function pieceAt(set: OpenSet, row: number, random: number): Promise<FoundPiece> {
  const data = await fetchRow(set.folder, set.manifest, row);
  let left = random % Math.max(1, set.manifest.width - data.padding);
  const piece = data.lengths.findIndex((length) => {
    left -= length;
    return left < 0;
  });
  return { set, row, piece: Math.max(0, piece), data };
}

async function* matches(
  sets: readonly OpenSet[],
  wanted: Wanted,
  tokenizer: Tokenizer,
): AsyncGenerator<FoundPiece> {
  for (const set of sets) {
    const { folder, manifest } = set;
    const sourceId = wanted.source === null ? null : manifest.sources.indexOf(wanted.source);
    const documents = wanted.doc === null ? null : await documentsNamed(folder, manifest, wanted.doc);
    let row = 0;
    for (const shard of manifest.shards) {
      for (const b of shard.batches.keys()) {
        const batch = await fetchBatch(folder, shard, b);
        for (let r = 0; r < batch.numRows; r += 1, row += 1) {
          const data = rowOf(batch, r);
          let end = 0;
          for (const [piece, length] of data.lengths.entries()) {
            end += length;
            if (sourceId !== null && data.sourceIds[piece] !== sourceId) continue;
            if (documents?.has(data.docIds[piece]!) === false) continue;
            const holds = () => textOf(data, end - length, end, tokenizer).includes(wanted.grep!);
            if (wanted.grep === null || holds()) yield { set, row, piece, data };
          }
        }
      }
    }
  }
}

export function textOf({ ids }: Row, start: number, end: number, tokenizer: Tokenizer): string {
  return new TextDecoder().decode(tokenizer.decode(ids.subarray(start, end)));
}

/** @throws LongmixError `source-missing` | `provenance-missing` */
export function refuseUnknown(sets: readonly OpenSet[], { doc, source }: Wanted): void {
  const plain = sets.find(({ manifest }) => !manifest.provenance);
  if (plain !== undefined && (doc !== null || source !== null)) {
    throw new LongmixError(
      'provenance-missing',
      `${plain.folder} does not record which documents its rows come from`,
      {
        cure: 'it was built with `shards: { provenance: false }`; --grep and --random work',
      },
    );
  }
  const names = [...new Set(sets.flatMap(({ manifest }) => manifest.sources))];
  if (source !== null && !names.includes(source)) {
    throw new LongmixError('source-missing', `--source: no source "${source}" in these shards`, {
      cure: `sources: ${names.join(', ')}`,
      names,
    });
  }
}

/** Keeps the values with the smallest keys, in the order in which they were offered. */
class Lowest<T> {
  readonly #count: number;
  #kept: { key: number; order: number; value: T }[] = [];
  #offered = 0;
  #bound = Number.POSITIVE_INFINITY;

  constructor(count: number) {
    this.#count = count;
  }

  offer(key: number, value: T): void {
    const order = this.#offered;
    this.#offered += 1;
    if (key >= this.#bound) return;
    this.#kept.push({ key, order, value });
    // Sort only now and then, because sorting at each offer would take quadratic time.
    if (this.#kept.length >= 2 * this.#count) this.#thin();
  }

  values(): T[] {
    this.#thin();
    return this.#kept.sort((a, b) => a.order - b.order).map(({ value }) => value);
  }

  #thin(): void {
    this.#kept = this.#kept.sort((a, b) => a.key - b.key || a.order - b.order).slice(0, this.#count);
    if (this.#kept.length === this.#count) this.#bound = this.#kept.at(-1)!.key;
  }
}
