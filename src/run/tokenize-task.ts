/**
 * One part of the token store: read -> tokenize -> write, as a stream-chain pipeline over chunks of documents. Inside
 * a chunk everything is synchronous; the pipeline waits once a chunk (about 1 MiB of text), never once a document.
 */
import { join } from 'node:path';
import gen from 'stream-chain/gen.js';
import { hashInput } from '../read/hash-input.ts';
import { createReadCounts, read } from '../read/read.ts';
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
import { openShared, type SharedTokenizer } from '../tokenize/kernel-tokenizer.ts';
import type {
  BadRecord,
  DocumentChunk,
  ReadUnit,
  TokenizedDocuments,
  Tokenizer,
  TokenizerSpec,
} from '../types.ts';
import { createFile } from './commit.ts';
import { findReceipt, fingerprint, leaveReceipt } from './receipt.ts';
import type { StageRun } from './stages.ts';

export interface TokenizeSetting {
  readonly tokenizer: TokenizerSpec;
  /** The tokenizer's tables, made once for all threads; null: each makes its own from the spec. */
  readonly shared: SharedTokenizer | null;
  /** The store's folder. */
  readonly folder: string;
}

export interface TokenizeInput {
  /** Name of the part. */
  readonly part: string;
  readonly units: readonly ReadUnit[];
}

export interface TokenizeResult {
  readonly part: PartRecord;
  /** Sources of its documents. */
  readonly sources: readonly string[];
  readonly badSamples: readonly BadRecord[];
}

export async function setUpTokenize(
  setting: TokenizeSetting,
): Promise<StageRun<TokenizeInput, TokenizeResult>> {
  const { folder } = setting;
  const { shared } = setting;
  const tokenizer = shared === null ? await loadWhole(setting.tokenizer) : await openShared(shared);
  return async ({ part, units }, report, signal) => {
    const inputs = await inputRecords(units);
    const made = fingerprint([storeVersion, tokenizer.fingerprint, units.map(unitSpec), inputs]);
    const earlier = findReceipt<TokenizeResult>(folder, part, made);
    if (earlier !== null) {
      report({ done: earlier.part.textBytes, tokens: earlier.part.tokens });
      return earlier;
    }

    const counts = createReadCounts();
    const tokens = createFile(join(folder, tokensFile(part)));
    const docs = createFile(join(folder, docsFile(part)));
    try {
      const writer = createPartWriter(tokens, docs, storeDtype(tokenizer.vocabularySize));
      for (const unit of units) {
        const encoder = createDocumentEncoder(tokenizer);
        const pipeline = gen(
          (input: ReadUnit) => read(input, counts),
          (chunk: DocumentChunk) => encoder.push(chunk),
          (documents: TokenizedDocuments) => {
            writer.add(documents, unit.source.name, unit.name);
            return { done: documents.textBytes, tokens: documents.tokens.length };
          },
        );
        for await (const progress of pipeline(unit)) {
          report(progress);
          signal?.throwIfAborted();
        }
      }
      const { sources, ...held } = writer.finish();
      const files = [tokens.commit(), docs.commit()];
      const { replaced, badRecords, badSamples } = counts;
      const result = {
        part: { name: part, ...held, replaced, badRecords, files, inputs },
        sources,
        badSamples,
      };
      leaveReceipt(folder, part, made, files, result);
      return result;
    } catch (error) {
      tokens.abort();
      docs.abort();
      throw error;
    }
  };
}

async function loadWhole(spec: TokenizerSpec): Promise<Tokenizer> {
  const { loadTokenizer } = await import('../tokenize/load.ts');
  return await loadTokenizer(spec);
}

/** What of a unit decides its documents, places on this machine left out. */
function unitSpec({ source, name, files, start, end, joined }: ReadUnit): unknown {
  const { fields, separator } = source;
  const inputs = files.map((file) => [file.name, file.format, file.compression]);
  return [source.name, fields, joined ? separator : null, name, inputs, start, end];
}

async function inputRecords(units: readonly ReadUnit[]): Promise<InputRecord[]> {
  const records: InputRecord[] = [];
  for (const unit of units) {
    const { source, name, start, end } = unit;
    records.push({ source: source.name, name, start, end, sha256: await hashInput(unit) });
  }
  return records;
}
