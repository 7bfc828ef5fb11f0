/**
 * Makes one part of the token store: read -> tokenize -> write, as a stream-chain pipeline over chunks of documents.
 * Inside a chunk everything is synchronous: the pipeline waits once per chunk (about 1 MiB of text), not per document.
 */
import { createHash } from 'node:crypto';
import gen from 'stream-chain/gen.js';
import { isUrl } from '../base/is-url.ts';
import { compact, counted } from '../base/words.ts';
import { LongmixError } from '../errors.ts';
import type { SourceColumns } from '../nouns/carried.ts';
import type { ChatForm } from '../nouns/conversation.ts';
import type { DocumentChunk, ReadUnit } from '../nouns/documents.ts';
import type { TokenizerSpec } from '../nouns/recipe.ts';
import type { TokenizedDocuments, Tokenizer } from '../nouns/tokens.ts';
import { extractorOf } from '../read/formats.ts';
import { createUnitHash } from '../read/input/hash-input.ts';
import { createReadCounts, read, readSoon } from '../read/read.ts';
import { dirname } from '../storage/paths.ts';
import { leaveReceipt, leaveReceiptIn } from '../storage/receipt.ts';
import { type RemoteSettings, remoteSettings, takeRemoteSettings } from '../storage/remote-settings.ts';
import { storageAt } from '../storage/storage-at.ts';
import { onWaiting } from '../storage/waiting.ts';
import { partColumns } from '../store/document-columns.ts';
import { docsFile, type InputRecord, tokensFile } from '../store/format.ts';
import { createPartWriter } from '../store/writer.ts';
import type { TokenBytes } from '../tokenize/chat-tables.ts';
import { compressor, createRatioMeter, type RatioMeter } from '../tokenize/compressibility.ts';
import { createDocumentEncoder } from '../tokenize/document-encoder.ts';
import { openShared, type SharedTokenizer } from '../tokenize/engine/kernel-tokenizer.ts';
import { createTokenEncoder } from '../tokenize/token-encoder.ts';
import { refuseStale } from './job-file.ts';
import { type WorkerLimits, workerLimits } from './memory.ts';
import {
  findPart,
  findPlanned,
  leaveFarNote,
  leavePartNote,
  madeOf,
  type PartSetting,
  type PlannedUnits,
  partName,
  plannedName,
  type TokenizeResult,
} from './part-notes.ts';
import type { Bounds, Given, Stage, StageRun } from './task.ts';
import { uploadWindow } from './upload-window.ts';

export interface TokenizeSetting extends PartSetting {
  readonly tokenizer: TokenizerSpec;
  /** Fingerprint of the tokenizer when the list was made. */
  readonly fingerprint: string;
  /** How conversations become text, by the name of their source; absent: all sources hold texts. */
  readonly chats?: Readonly<Record<string, ChatForm>>;
}

export interface TokenizeMemory {
  /** The tokenizer's tables, made once for all threads; null: each thread makes its own from the spec. */
  readonly shared: SharedTokenizer | null;
  /** null: there are no limits. */
  readonly limits: WorkerLimits | null;
  readonly remote: RemoteSettings;
  /** null: no source holds conversations. */
  readonly tokenBytes: TokenBytes | null;
}

/** The part's name is known when its inputs have been read. */
export type TokenizeInput = PlannedUnits;

export interface TokenizeKind {
  readonly setting: TokenizeSetting;
  readonly input: TokenizeInput;
  readonly memory: TokenizeMemory;
  readonly result: TokenizeResult;
}

export const tokenizeStage: Stage<TokenizeKind> = {
  setUp: setUpTokenize,
  load: loadTokenizerOf,
  finished: findPlanned,
  isOver: () => false,
  folders: (folder) => [folder],
  words: (_, __, { part: { name, documents, tokens } }) =>
    `${name}, ${counted(documents, 'document')}, ${compact(tokens)} tokens`,
};

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
  const tokenBytes = setting.chats === undefined ? null : await loadTokenBytes(setting.tokenizer);
  return { shared, limits: workerLimits(memory, workers, shared), remote: remoteSettings(), tokenBytes };
}

async function setUpTokenize({
  folder,
  setting,
  memory: { shared, limits, remote, tokenBytes },
  mark,
}: Given<TokenizeKind>): Promise<StageRun<TokenizeInput, TokenizeResult>> {
  takeRemoteSettings(remote);
  const storage = await storageAt(folder);
  const isFarOut = isUrl(folder);
  const uploads = uploadWindow();
  const tokenizer =
    shared === null ? await loadWhole(setting.tokenizer) : await openShared(shared, limits?.kernelBytes);
  const plainEncoder = createDocumentEncoder(tokenizer);
  const ofIds = createTokenEncoder();
  const ofChats =
    setting.chats === undefined
      ? null
      : (await import('./chat-stage.ts')).createChatStage(setting.chats, tokenizer, tokenBytes!);

  return async (input, report, signal) => {
    const { units, stamps } = input;
    // For a bucket, the main thread has already looked which tasks are done (`runFar`).
    const earlier = isFarOut ? null : findPlanned(folder, setting, input);
    if (earlier !== null) {
      report({ done: earlier.part.textBytes, tokens: earlier.part.tokens });
      return { committed: Promise.resolve(earlier) };
    }

    const isFar = units.some(({ files }) => files.some(({ path }) => isUrl(path)));
    const listener = onWaiting((waiting) => report({ done: 0, tokens: 0, waiting }));
    const counts = createReadCounts();
    // The bytes of the inputs decide the part's name.
    const unnamed = plannedName(setting, units);
    if (isFarOut) await uploads.room();
    const tokens = await storage.create(tokensFile(unnamed));
    const docs = await storage.create(docsFile(unnamed));
    const abort = async (error: unknown): Promise<never> => {
      await tokens.abort();
      await docs.abort();
      throw error;
    };
    try {
      // A part is of one source.
      const { columns } = units[0]!.source;
      const meter = meterOf(columns);
      const encoder = meter === null ? plainEncoder : createDocumentEncoder(tokenizer, meter);
      const optional = partColumns(columns, units[0]!.chat !== undefined);
      const writer = createPartWriter(tokens, docs, setting.dtype, optional);
      const inputs: InputRecord[] = [];
      const identified = new Set<string>();
      const malformed: { path: string; count: number }[] = [];
      // A program may write another text of the same file, so what it wrote is a part of the name.
      const written = units.some(({ source }) => source.command !== undefined) ? createHash('sha256') : null;
      for (const [i, unit] of units.entries()) {
        if (isFar) readSoon(units.slice(i, i + 16));
        const hash = createUnitHash(unit);
        const before = { ...counts };
        const pipeline = gen(
          (input: ReadUnit) => read(input, counts, { hash, recordBytes: limits?.recordBytes }),
          unit.chat === undefined
            ? (chunk: DocumentChunk) => (unit.ids === undefined ? encoder : ofIds).push(chunk)
            : ofChats!(unit, counts),
          (documents: TokenizedDocuments) => {
            writer.add(documents, unit.source.name, unit.name);
            // The keys are hashes of the texts.
            written?.update(
              new Uint8Array(documents.keys.buffer, documents.keys.byteOffset, documents.keys.byteLength),
            );
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
        const hashes = inputs.map(({ sha256 }) => sha256);
        const made = madeOf(setting, units, written === null ? hashes : [...hashes, written.digest('hex')]);
        // Another process may have been quicker: its files stay, and are the same.
        const quicker = isFarOut ? null : findPart(folder, made);
        if (quicker !== null) {
          await tokens.abort();
          await docs.abort();
          leavePartNote(folder, setting, input, made);
          return quicker;
        }
        await refuseStale(mark);
        const name = partName(made);
        // A record names the files before they are there, so that what an interruption leaves is known to be ours.
        const named = [tokensFile(name), docsFile(name)].map((file) => ({
          name: file,
          bytes: 0,
          sha256: '',
        }));
        if (isFarOut) await leaveFarNote(storage, setting, input, made);
        else leaveReceipt(folder, name, { fingerprint: '', files: named, result: null });
        const pending = [tokens.commitAside(tokensFile(name)), docs.commitAside(docsFile(name))];
        await Promise.allSettled(pending);
        const files = await Promise.all(pending);
        const isNamed = units[0]!.source.fields.source !== null;
        const part = { name, ...held, replaced, badRecords, files, inputs, ...(isNamed ? { sources } : {}) };
        const result: TokenizeResult = {
          part,
          identified: [...identified],
          malformed,
          badSamples,
          fileFaults,
          stamps,
        };
        await leaveReceiptIn(storage, folder, name, { fingerprint: made, files, result });
        if (!isFarOut) leavePartNote(folder, setting, input, made);
        return result;
      };
      const committed = commit().catch(abort);
      uploads.add(committed);
      return { committed };
    } catch (error) {
      return await abort(error);
    } finally {
      onWaiting(listener);
    }
  };
}

/** @throws LongmixError `job-stale` if the texts would be compressed by another library than those of other tasks */
function meterOf(columns: SourceColumns | undefined): RatioMeter | null {
  if (columns?.compressibility === undefined) return null;
  if (columns.compressor !== undefined && columns.compressor !== compressor) {
    throw new LongmixError(
      'job-stale',
      `this Node has ${compressor}, and compressibility is measured with ${columns.compressor}`,
      { cure: 'run all tasks with one version of Node, or tokenize again: --fresh' },
    );
  }
  return createRatioMeter(columns.compressibility);
}

async function loadTokenBytes(spec: TokenizerSpec): Promise<TokenBytes> {
  const { loadChatTables } = await import('../tokenize/chat-tables.ts');
  return (await loadChatTables(spec)).tokenBytes;
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
