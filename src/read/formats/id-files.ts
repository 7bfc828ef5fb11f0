/**
 * Files of token ids with nothing between the documents but their EOS: `.npy` (a one-dimensional array, as numpy.save writes
 * it) and raw ids (`format: bin`, as Megatron's `.bin` and OLMo's headerless `.npy`). A document ends with EOS, or with the
 * file; an EOS after an EOS ends no document. A record's number is that of the document.
 *
 * Cost: memory for the longest document; a file is read by one worker.
 */
import { integer } from '../../base/words.ts';
import { LongmixError } from '../../errors.ts';
import type { DocumentChunk, ReadUnit } from '../../nouns/documents.ts';
import type { IdType } from '../../nouns/source-kinds.ts';
import type { ReaderOptions } from '../format-spec.ts';
import { corrupt } from '../input/file-blocks.ts';
import { onlyFile, plainBlocks } from '../input/unit-blocks.ts';
import { copyIds, withoutEnds } from '../tokens/token-ids.ts';
import { fieldMissing, RecordReader, recordTooLarge } from './record-reader.ts';

type Ids = Uint16Array | Uint32Array | Int32Array | BigInt64Array | BigUint64Array;

const arrays: Readonly<Record<IdType, new (buffer: ArrayBuffer) => Ids>> = {
  uint16: Uint16Array,
  uint32: Uint32Array,
  int32: Int32Array,
  int64: BigInt64Array,
};
const bytesOf: Readonly<Record<IdType, number>> = { uint16: 2, uint32: 4, int32: 4, int64: 8 };

export async function* readNpy(unit: ReadUnit, options: ReaderOptions): AsyncGenerator<DocumentChunk> {
  const { path } = onlyFile(unit);
  const blocks = plainBlocks(onlyFile(unit), unit.start, unit.end, options.hash, true);
  try {
    let head = Buffer.alloc(0);
    let header: NpyHeader | null = null;
    // Not `for await`, which would close the file after the header.
    while (header === null) {
      const { value, done } = await blocks.next();
      if (done) throw corrupt(path, 'the file ends inside the header of its array');
      head = Buffer.concat([head, value]);
      header = npyHeader(path, head);
    }
    const { type, count, bytes } = header;
    const ids = yield* readIds(unit, options, type, chain(head.subarray(bytes), blocks));
    if (ids !== count)
      throw corrupt(path, `the array has ${count} ids by its header, and ${ids} in the file`);
  } finally {
    await blocks.return(undefined);
  }
}

export async function* readBin(unit: ReadUnit, options: ReaderOptions): AsyncGenerator<DocumentChunk> {
  const blocks = plainBlocks(onlyFile(unit), unit.start, unit.end, options.hash, true);
  yield* readIds(unit, options, unit.source.tokens!.dtype!, blocks);
}

async function* chain(first: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first;
  yield* rest;
}

/** @returns how many ids the file has */
async function* readIds(
  unit: ReadUnit,
  { counts, chunkBytes, recordBytes }: ReaderOptions,
  type: IdType,
  blocks: AsyncIterable<Uint8Array>,
): AsyncGenerator<DocumentChunk, number> {
  const { path } = onlyFile(unit);
  if (unit.source.fields.source !== null) throw fieldMissing(unit, [], 'source');
  const { vocabularySize, eosId } = unit.ids!;
  const reader = new RecordReader(unit, counts, chunkBytes);
  const document = new Growing();
  let record = 1;
  let count = 0;
  /** EOS that were read. */
  let ends = 0;
  /** Why the document that is being read is none. */
  let bad: string | null = null;
  const end = () => {
    if (bad !== null) reader.bad(record, bad);
    else if (document.length > 0) reader.addIds(record, withoutEnds(document.values(), unit.ids!));
    if (bad !== null || document.length > 0) record += 1;
    document.length = 0;
    bad = null;
  };
  for await (const stored of alignedBlocks(blocks, bytesOf[type], path)) {
    const given = new arrays[type](stored);
    const ids = new Uint32Array(given.length);
    for (let from = 0; from < ids.length; ) {
      const fault = copyIds(given.subarray(from), ids.subarray(from), vocabularySize);
      const until = fault < 0 ? ids.length : from + fault;
      for (let at = from; at < until; ) {
        const eos = ids.subarray(0, until).indexOf(eosId!, at);
        document.add(ids.subarray(at, eos < 0 ? until : eos));
        if (document.length * 4 > recordBytes)
          throw recordTooLarge(`${path}: document ${record}`, recordBytes);
        if (eos >= 0) {
          ends += 1;
          end();
        }
        if (reader.ready) yield* reader.take();
        at = eos < 0 ? until : eos + 1;
      }
      if (fault >= 0) {
        const place = count + until;
        bad ??= `id ${given[until]} at place ${place} of the file; ids are whole numbers from 0 to ${vocabularySize - 1}`;
      }
      from = until + 1;
    }
    count += ids.length;
  }
  if (ends === 0 && document.length >= endlessIds) {
    const what = `one document of ${integer(document.length)} tokens: the file has no EOS (id ${eosId}), which ends documents`;
    counts.fileFaults.push({ path, what, leftOut: false });
  }
  end();
  yield* reader.end();
  return count;
}

/** A file of so many ids without an EOS was probably made with another one, or without any. */
const endlessIds = 100_000;

function unsupported(where: string, what: string, cure: string): LongmixError {
  return new LongmixError('input-unsupported', what, { where, cure, exitCode: 1 });
}

/** Blocks as whole ids in memory of their own, which a typed array can lie over. */
async function* alignedBlocks(
  blocks: AsyncIterable<Uint8Array>,
  width: number,
  path: string,
): AsyncGenerator<ArrayBuffer> {
  let rest = new Uint8Array(0);
  for await (const block of blocks) {
    const bytes = new Uint8Array(rest.length + block.length);
    bytes.set(rest);
    bytes.set(block, rest.length);
    const whole = bytes.length - (bytes.length % width);
    rest = bytes.slice(whole);
    if (whole > 0) yield bytes.buffer.slice(0, whole);
  }
  if (rest.length > 0) throw corrupt(path, `it ends inside an id of ${width} bytes`);
}

/** Ids of a document that comes in several blocks. */
class Growing {
  #ids = new Uint32Array(4096);
  length = 0;

  add(ids: Uint32Array): void {
    if (this.length + ids.length > this.#ids.length) {
      const larger = new Uint32Array(2 * (this.length + ids.length));
      larger.set(this.#ids.subarray(0, this.length));
      this.#ids = larger;
    }
    this.#ids.set(ids, this.length);
    this.length += ids.length;
  }

  values(): Uint32Array {
    return this.#ids.subarray(0, this.length);
  }
}

interface NpyHeader {
  readonly type: IdType;
  readonly count: number;
  /** Of the header: where the ids begin. */
  readonly bytes: number;
}

const magic = Buffer.from('\x93NUMPY', 'latin1');
const types: Readonly<Record<string, IdType>> = {
  '<u2': 'uint16',
  '<u4': 'uint32',
  '<i4': 'int32',
  '<i8': 'int64',
};
const longestHeader = 65_536;

/**
 * As numpy's documentation of numpy.lib.format has it. null: the bytes so far are only a part of it.
 * @throws LongmixError `input-corrupt` | `input-unsupported`
 */
function npyHeader(path: string, bytes: Buffer): NpyHeader | null {
  if (bytes.length < 12) return null;
  if (!bytes.subarray(0, 6).equals(magic)) {
    throw unsupported(
      path,
      'not an array of NumPy: it has no header',
      'if the file holds nothing but ids (as the files of OLMo and dolma), set format: bin and dtype: of the source',
    );
  }
  const [at, length] = bytes[6] === 1 ? [10, bytes.readUInt16LE(8)] : [12, bytes.readUInt32LE(8)];
  if (length > longestHeader) throw corrupt(path, 'the header of its array is damaged');
  if (bytes.length < at + length) return null;
  const text = bytes.toString('latin1', at, at + length);
  const descr = /'descr': *'([^']+)'/.exec(text)?.[1];
  const shape = /'shape': *\(([\d, ]*)\)/.exec(text)?.[1];
  const count = /^(\d+), *$/.exec(shape ?? '')?.[1];
  const type = types[descr ?? ''];
  if (type === undefined || count === undefined) {
    throw unsupported(
      path,
      `an array of type ${descr ?? 'unknown'} and shape (${shape ?? 'unknown'}); token ids are one row of uint16, uint32, int32 or int64, little-endian`,
      'write it again with NumPy: np.save(FILE, ids.ravel().astype("<u4")); or leave it out with exclude:',
    );
  }
  return { type, count: Number(count), bytes: at + length };
}
