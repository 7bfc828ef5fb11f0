/**
 * Makes one part of the token store: read -> tokenize -> write, as a stream-chain pipeline over chunks of documents.
 * Inside a chunk everything is synchronous: the pipeline waits once per chunk (about 1 MiB of text), not per document.
 */
import { dirname } from 'node:path';
import gen from 'stream-chain/gen.js';
import { fingerprint } from '../base/fingerprint.ts';
import { isUrl } from '../base/is-url.ts';
import { compact, counted } from '../base/words.ts';
import { LongmixError } from '../errors.ts';
import type { BadRecord, DocumentChunk, FileFault, ReadUnit } from '../nouns/documents.ts';
import type { TokenizerSpec } from '../nouns/recipe.ts';
import type { TokenizedDocuments, Tokenizer } from '../nouns/tokens.ts';
import { extractorOf } from '../read/formats.ts';
import { createUnitHash, hashInput } from '../read/input/hash-input.ts';
import { createReadCounts, read, readSoon } from '../read/read.ts';
import { localStorage } from '../storage/local.ts';
import { findReceipt, hasReceipt, leaveReceipt } from '../storage/receipt.ts';
import { type RemoteSettings, remoteSettings, takeRemoteSettings } from '../storage/remote-settings.ts';
import {
  docsFile,
  type InputRecord,
  type PartRecord,
  storeDtype,
  storeVersion,
  tokensFile,
} from '../store/format.ts';
import { createPartWriter } from '../store/writer.ts';
import { createDocumentEncoder } from '../tokenize/document-encoder.ts';
import { openShared, type SharedTokenizer } from '../tokenize/engine/kernel-tokenizer.ts';
import { createTokenEncoder } from '../tokenize/token-encoder.ts';
import { refuseStale } from './job-file.ts';
import { type WorkerLimits, workerLimits } from './memory.ts';
import type { Bounds, Given, Stage, StageRun } from './task.ts';

export interface TokenizeSetting {
  readonly tokenizer: TokenizerSpec;
  /** Fingerprint of the tokenizer when the list was made. */
  readonly fingerprint: string;
}

export interface TokenizeMemory {
  /** The tokenizer's tables, made once for all threads; null: each thread makes its own from the spec. */
  readonly shared: SharedTokenizer | null;
  /** null: there are no limits. */
  readonly limits: WorkerLimits | null;
  readonly remote: RemoteSettings;
}

export interface TokenizeInput {
  /** Name of the part. */
  readonly part: string;
  readonly units: readonly ReadUnit[];
  /** A hash of the sizes and times of the units' files when the list was made. */
  readonly stamp: string;
}

export interface TokenizeResult {
  readonly part: PartRecord;
  /** Sources of the part's documents. */
  readonly sources: readonly string[];
  /** Those of the recipe's sources that have at least one record with an id. */
  readonly identified: readonly string[];
  /** Files or joined directories with invalid UTF-8, and how many invalid sequences each has. */
  readonly malformed: readonly { readonly path: string; readonly count: number }[];
  readonly badSamples: readonly BadRecord[];
  readonly fileFaults: readonly FileFault[];
}

/** Version of `TokenizeResult`, which receipts contain. A part whose receipt has another version is made again. */
const resultVersion = 3;

export interface TokenizeKind {
  readonly setting: TokenizeSetting;
  readonly input: TokenizeInput;
  readonly memory: TokenizeMemory;
  readonly result: TokenizeResult;
}

export const tokenizeStage: Stage<TokenizeKind> = {
  setUp: setUpTokenize,
  load: loadTokenizerOf,
  finished: (folder, setting, input) =>
    findReceipt<TokenizeResult>(folder, input.part, listedPrint(setting, input), 'listed'),
  isOver: () => false,
  folders: (folder) => [folder],
  words: (_, { part }, { part: { documents, tokens } }) =>
    `${part}, ${counted(documents, 'document')}, ${compact(tokens)} tokens`,
};

/** Fingerprint of a task as listed: it has the sizes and times of the inputs, not their bytes. */
function listedPrint({ fingerprint: tokenizer }: TokenizeSetting, { units, stamp }: TokenizeInput): string {
  return fingerprint([storeVersion, resultVersion, tokenizer, units.map(unitSpec), stamp]);
}

async function loadTokenizerOf(
  _: string,
  setting: TokenizeSetting,
  { memory, workers }: Bounds,
): Promise<TokenizeMemory> {
  const { loadTables } = await import('../tokenize/engine/load-tables.ts');
  const { facts, shared } = await loadTables(setting.tokenizer);
  if (facts.fingerprint !== setting.fingerprint) {
    throw new LongmixError('job-stale', `the tokenizer ${facts.name} is not the one of the list of tasks`, {
      cure: 'give this machine the same tokenizer file, or run the build command again to make the list anew',
    });
  }
  return { shared, limits: workerLimits(memory, workers, shared), remote: remoteSettings() };
}

async function setUpTokenize({
  folder,
  setting,
  memory: { shared, limits, remote },
  mark,
}: Given<TokenizeKind>): Promise<StageRun<TokenizeInput, TokenizeResult>> {
  takeRemoteSettings(remote);
  const storage = localStorage(folder);
  const tokenizer =
    shared === null ? await loadWhole(setting.tokenizer) : await openShared(shared, limits?.kernelBytes);
  const encoder = createDocumentEncoder(tokenizer);
  const ofIds = createTokenEncoder();
  const madeOf = (units: readonly ReadUnit[], hashes: readonly string[]) =>
    fingerprint([storeVersion, resultVersion, tokenizer.fingerprint, units.map(unitSpec), hashes]);

  return async (input, report, signal) => {
    const { part, units } = input;
    const listed = listedPrint(setting, input);
    const isDone = (earlier: TokenizeResult) => {
      report({ done: earlier.part.textBytes, tokens: earlier.part.tokens });
      return { committed: Promise.resolve(earlier) };
    };
    const isFar = units.some(({ files }) => files.some(({ path }) => isUrl(path)));
    const same = hasReceipt(folder, part)
      ? findReceipt<TokenizeResult>(folder, part, listed, 'listed')
      : null;
    if (same !== null) return isDone(same);
    // To fetch files only to compare them costs as much as to tokenize them again.
    if (hasReceipt(folder, part) && !isFar) {
      const hashes: string[] = [];
      for (const unit of units) hashes.push(await hashInput(unit));
      const made = madeOf(units, hashes);
      const earlier = findReceipt<TokenizeResult>(folder, part, made);
      if (earlier !== null) {
        leaveReceipt(folder, part, { fingerprint: made, listed, files: earlier.part.files, result: earlier });
        return isDone(earlier);
      }
    }

    const counts = createReadCounts();
    const tokens = storage.create(tokensFile(part));
    const docs = storage.create(docsFile(part));
    const abort = (error: unknown): never => {
      tokens.abort();
      docs.abort();
      throw error;
    };
    try {
      const writer = createPartWriter(tokens, docs, storeDtype(tokenizer.vocabularySize));
      const inputs: InputRecord[] = [];
      const identified = new Set<string>();
      const malformed: { path: string; count: number }[] = [];
      for (const [i, unit] of units.entries()) {
        if (isFar) readSoon(units.slice(i, i + 16));
        const hash = createUnitHash(unit);
        const before = { ...counts };
        const pipeline = gen(
          (input: ReadUnit) => read(input, counts, { hash, recordBytes: limits?.recordBytes }),
          (chunk: DocumentChunk) => (unit.ids === undefined ? encoder : ofIds).push(chunk),
          (documents: TokenizedDocuments) => {
            writer.add(documents, unit.source.name, unit.name);
            // An id is at least 2 bytes of the file, unless it is compressed.
            const done = unit.ids === undefined ? documents.textBytes : 2 * documents.tokens.length;
            return { done, tokens: documents.tokens.length };
          },
        );
        for await (const progress of pipeline(unit)) {
          report(progress);
          signal?.throwIfAborted();
        }
        const { source, name, files, start, end } = unit;
        const lines = counts.lines - before.lines;
        if (counts.identified > before.identified) identified.add(source.name);
        const count = counts.replaced - before.replaced;
        if (count > 0) malformed.push({ path: placeOf(unit), count });
        const { format } = files[0]!;
        const extractor = extractorOf(unit);
        const way = { format, ...(extractor === undefined ? {} : { extractor }) };
        inputs.push({ source: source.name, name, ...way, start, end, lines, sha256: await hash.digest() });
      }
      if (isFar) {
        const { newRetries } = await import('../storage/remote-files.ts');
        report({ done: 0, tokens: 0, retries: await newRetries() });
      }
      const { sources, ...held } = writer.finish();
      const { replaced, badRecords, badSamples, fileFaults } = counts;
      const commit = async (): Promise<TokenizeResult> => {
        const made = madeOf(
          units,
          inputs.map(({ sha256 }) => sha256),
        );
        // Another attempt at the task may have been quicker; then keep its files.
        const earlier = mark === null ? null : findReceipt<TokenizeResult>(folder, part, made);
        if (earlier !== null) {
          tokens.abort();
          docs.abort();
          return earlier;
        }
        refuseStale(mark);
        const pending = [tokens.commitAside(), docs.commitAside()];
        await Promise.allSettled(pending);
        const files = await Promise.all(pending);
        const record = { name: part, ...held, replaced, badRecords, files, inputs };
        const result = {
          part: record,
          sources,
          identified: [...identified],
          malformed,
          badSamples,
          fileFaults,
        };
        leaveReceipt(folder, part, { fingerprint: made, listed, files, result });
        return result;
      };
      return { committed: commit().catch(abort) };
    } catch (error) {
      return abort(error);
    }
  };
}

/** Loads a tokenizer that has no tables to share. */
async function loadWhole(spec: TokenizerSpec): Promise<Tokenizer> {
  const { loadTokenizer } = await import('../tokenize/load.ts');
  return await loadTokenizer(spec);
}

function placeOf({ files, joined }: ReadUnit): string {
  const { path } = files[0]!;
  return joined ? dirname(path) : path;
}

/** Everything in a unit that decides its documents, without paths on this machine. */
function unitSpec(unit: ReadUnit): unknown {
  const { source, name, files, start, end, joined, ids } = unit;
  const { fields, separator, encoding, quote, command, tokens } = source;
  const taken = [extractorOf(unit), command, ids, tokens?.dtype ?? undefined].filter(
    (by) => by !== undefined,
  );
  const inputs = files.map((file) => [file.name, file.format, file.compression]);
  return [
    source.name,
    fields,
    joined ? separator : null,
    encoding,
    quote,
    name,
    inputs,
    start,
    end,
    ...taken,
  ];
}
