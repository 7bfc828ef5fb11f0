/**
 * Checks that a shard set is what its manifest says. Decodes every row, and compares it with the token store if any.
 */

import { type Arrange, sentinelsPerDocument } from '../base/fim.ts';
import { learnedRuns } from '../base/learned.ts';
import { LongmixError } from '../errors.ts';
import type { DocumentTable, TokenSource } from '../nouns/tokens.ts';
import { listFolder, readJson } from '../storage/files.ts';
import { join } from '../storage/paths.ts';
import { isShardName, type ShardRecord, type ShardSetManifest } from './format.ts';
import { fetchBatch, rowOf } from './reader.ts';
import { type Row, type RowColumn, rowColumns } from './row-columns.ts';

/** The parts of a token store that are needed to compare rows with it. */
export interface StoredDocuments extends TokenSource {
  /** Tokens of the document. */
  lengthOf(document: number): number;
  /** Given: masks are compared with what the store says. */
  readonly table?: DocumentTable;
  /** Arranges a document with its middle at the end, if it is one that the set may hold so; null: it is none. */
  arrange?(document: number): Arrange | null;
}

/** A sentence about one fault, with its place. */
export type Fault = string;

/** Checks the two files of Hugging Face `datasets`: `state.json` must name the same shards as the manifest. */
export function verifyDatasetFiles(folder: string, manifest: ShardSetManifest): Fault[] {
  const path = join(folder, 'state.json');
  try {
    const state = readJson(path) as { _data_files: { filename: string }[] };
    readJson(join(folder, 'dataset_info.json'));
    const listed = state._data_files.map(({ filename }) => filename).join();
    const ours = manifest.shards.map(({ name }) => name).join();
    return listed === ours ? [] : [`${path}: its list of files differs from the manifest's`];
  } catch (error) {
    return [`${path} or dataset_info.json: cannot be read (${(error as Error).message})`];
  }
}

/** Reports shards that the manifest does not name: a tool that selects files by name would train on them. */
export function verifyNames(folder: string, manifest: ShardSetManifest): Fault[] {
  const ours = new Set(manifest.shards.map(({ name }) => name));
  return listFolder(folder)
    .filter((name) => isShardName(name) && !ours.has(name))
    .map((name) => `${join(folder, name)}: it is not in the manifest`);
}

/**
 * Decodes every row and checks it.
 * @param store compares the rows with the store's tokens; null if there is no store
 */
export async function verifyRows(
  folder: string,
  manifest: ShardSetManifest,
  store: StoredDocuments | null,
): Promise<Fault[]> {
  const faults: Fault[] = [];
  let row = 0;
  let padding = 0;
  let learned = 0;
  for (const shard of manifest.shards) {
    const before = row;
    try {
      for (const [b, batch] of shard.batches.entries()) {
        const read = await fetchBatch(folder, shard, b);
        if (read.numRows !== batch.rows)
          faults.push(`${place(folder, shard)}: batch ${b} has ${read.numRows} rows`);
        for (let r = 0; r < read.numRows; r += 1, row += 1) {
          const decoded = rowOf(read, r);
          padding += decoded.padding;
          for (const value of decoded.mask) learned += value;
          faults.push(
            ...rowFaults(decoded, manifest, store).map((fault) => `${folder} row ${row}: ${fault}`),
          );
        }
      }
    } catch (error) {
      const { message } = error as Error;
      faults.push(
        error instanceof LongmixError ? message : `${place(folder, shard)}: cannot be decoded (${message})`,
      );
      row = before + shard.rows;
    }
  }
  if (row !== manifest.rows) faults.push(`${folder}: ${row} rows, the manifest says ${manifest.rows}`);
  if (padding !== manifest.ledger.padding) {
    faults.push(`${folder}: ${padding} tokens of padding, the ledger says ${manifest.ledger.padding}`);
  }
  if (manifest.mask !== undefined && learned !== manifest.ledger.learned) {
    faults.push(`${folder}: ${learned} learned tokens, the ledger says ${manifest.ledger.learned}`);
  }
  return faults;
}

const columns = Object.entries(rowColumns) as [keyof Row, RowColumn][];

function rowFaults(row: Row, manifest: ShardSetManifest, store: StoredDocuments | null): Fault[] {
  const faults: Fault[] = [];
  const { ids, lengths, padding, docIds, docStarts, mask } = row;
  if (ids.length !== manifest.width) faults.push(`${ids.length} tokens`);
  const sum = lengths.reduce((total, length) => total + length, padding);
  if (sum !== manifest.width) faults.push(`seq_lengths sum to ${sum}, not ${manifest.width}`);
  if (ids.some((id) => id < 0 || id >= manifest.tokenizer.vocabularySize))
    faults.push('an id outside the vocabulary');
  if (ids.subarray(manifest.width - padding).some((id) => id !== manifest.padId))
    faults.push('padding with a wrong id');
  if (manifest.mask !== undefined) {
    if (mask.length !== manifest.width) faults.push(`${mask.length} values of loss_mask`);
    if (mask.some((value) => value > 1)) faults.push('a value of loss_mask that is neither 0 nor 1');
    if (mask.subarray(manifest.width - padding).includes(1)) faults.push('padding that is learned');
  }
  const uneven = columns.flatMap(([key, { name, shape, when }]) => {
    const has = {
      always: true,
      mask: manifest.mask !== undefined,
      provenance: manifest.provenance,
      groups: manifest.groups === true,
    };
    if (shape !== 'list' || !has[when]) return [];
    const entries = (row[key] as readonly number[]).length;
    return entries === lengths.length ? [] : [`${entries} ${name} for ${lengths.length} pieces`];
  });
  if (uneven.length > 0) return [...faults, ...uneven];
  if (!manifest.provenance || store === null) return faults;

  let at = 0;
  for (const [i, length] of lengths.entries()) {
    const document = docIds[i]!;
    const start = docStarts[i]!;
    const held = store.lengthOf(document);
    const end = at + length;
    // A piece may have a special token at either end. Between them are the document's own tokens.
    // A conversation may begin with a BOS of its own, which its template wrote.
    const mayHaveBos = manifest.mask === undefined || manifest.sequences.bos;
    const bos = mayHaveBos && manifest.bosId !== null && start === 0 && ids[at] === manifest.bosId ? 1 : 0;
    const specials = bos + Number(manifest.sequences.eos);
    const isFilled = start === 0 && length === held + specials + sentinelsPerDocument;
    const arrange = isFilled ? (store.arrange?.(document) ?? null) : null;
    const own = Math.min(length - bos, held - start);
    const tokens = arrange === null ? own : own + sentinelsPerDocument;
    const expected = ids instanceof Uint16Array ? new Uint16Array(tokens) : new Int32Array(tokens);
    store.copy(document, start, own, expected, 0);
    arrange?.(document, expected, 0, own);
    const found = ids.subarray(at + bos, at + bos + tokens);
    if (expected.some((id, j) => id !== found[j]))
      faults.push(`piece ${i} differs from document ${document}`);
    const rest = length - bos - tokens;
    if (manifest.mask !== undefined && store.table !== undefined) {
      const [isBos, isEos, fim] = [bos === 1, rest === 1, arrange !== null];
      const piece = { document, bos: isBos, from: start, to: start + own, eos: isEos, fim };
      const learned = new Uint8Array(length);
      learnedRuns(store.table, manifest.mask, piece, (from, to) => learned.fill(1, from, to));
      if (learned.some((value, j) => value !== mask[at + j]))
        faults.push(`loss_mask of piece ${i} is not what is learned of document ${document}`);
    }
    if (rest > 1 || (rest === 1 && ids[end - 1] !== manifest.eosId))
      faults.push(`piece ${i} is longer than its document`);
    at = end;
  }
  return faults;
}

function place(folder: string, shard: ShardRecord): string {
  return join(folder, shard.name);
}
