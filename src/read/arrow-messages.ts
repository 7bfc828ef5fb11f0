/**
 * The messages of an Arrow file or stream, as the pieces of a stream, one at a time: apache-arrow reads those, and takes
 * everything in them on trust. So each is looked at first: that it lies in the file, that its lists are no longer than it
 * is, and its buffers inside its body; and that a stream goes on to its end mark, or it was cut. A file's messages are
 * those that its footer names, dictionaries first.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { unreadable } from './file-blocks.ts';
import { FlatTable } from './flat-table.ts';

const magic = 'ARROW1';
const continuation = 0xffffffff;
/** Of a file: the magic and its padding at the beginning; the footer's length and the magic at the end. */
const headBytes = 8;
const tailBytes = 10;
const messageKinds = { schema: 1, dictionary: 2, batch: 3 } as const;
const mostDepth = 64;

/** @throws Error that says what is wrong with the file; LongmixError `input-unreadable` */
export function* arrowMessages(path: string, bytes: number): Generator<Uint8Array> {
  const file = openFile(path, bytes);
  try {
    const head = file.read(0, Math.min(bytes, magic.length));
    yield* head.toString('latin1') === magic ? ofFile(file) : ofStream(file);
  } finally {
    file.close();
  }
}

interface OpenFile {
  readonly bytes: number;
  /** Fresh memory. */
  read(at: number, length: number): Buffer;
  close(): void;
}

function openFile(path: string, bytes: number): OpenFile {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch (cause) {
    throw unreadable(path, cause);
  }
  return {
    bytes,
    read(at, length) {
      if (length < 0 || at < 0 || at + length > bytes) throw new Error('the file ends too early');
      const buffer = Buffer.allocUnsafeSlow(length);
      for (let done = 0; done < length; ) {
        const count = readSync(descriptor, buffer, done, length - done, at + done);
        if (count === 0) throw new Error('the file ends too early');
        done += count;
      }
      return buffer;
    },
    close: () => closeSync(descriptor),
  };
}

function* ofStream(file: OpenFile): Generator<Uint8Array> {
  for (let at = 0; ; ) {
    if (at === file.bytes) throw new Error('the stream has no end mark: it was cut, or not closed');
    // Before Arrow 0.15 a message began with its length.
    const isOld = file.read(at, 4).readUInt32LE(0) !== continuation;
    const length = isOld ? file.read(at, 4).readInt32LE(0) : file.read(at + 4, 4).readInt32LE(0);
    at += isOld ? 4 : 8;
    if (length === 0) {
      if (at < file.bytes) throw new Error(`the stream ends ${file.bytes - at} bytes before the file does`);
      return;
    }
    const message = file.read(at, length);
    const body = checkMessage(message);
    yield* pieces(message, file.read(at + length, body));
    at += length + body;
  }
}

function* ofFile(file: OpenFile): Generator<Uint8Array> {
  const tail = file.read(file.bytes - tailBytes, tailBytes);
  if (tail.toString('latin1', 4) !== magic) throw new Error('it has no footer: it was cut, or not closed');
  const length = tail.readInt32LE(0);
  const end = file.bytes - tailBytes - length;
  const footer = file.read(end, length);
  const table = checked(() => FlatTable.root(footer));
  yield* atBlock(file, headBytes, end, null);
  // A block is {offset: int64, metaDataLength: int32, padding, bodyLength: int64}.
  for (const field of [2, 3]) {
    const blocks = checked(() => table.places(field, 24));
    for (const at of blocks) {
      const offset = Number(footer.readBigInt64LE(at));
      const [kind, body] = [
        field === 2 ? messageKinds.dictionary : messageKinds.batch,
        footer.readBigInt64LE(at + 16),
      ];
      yield* atBlock(file, offset, end, { kind, body: Number(body) });
    }
  }
}

function* atBlock(
  file: OpenFile,
  offset: number,
  end: number,
  expected: { kind: number; body: number } | null,
): Generator<Uint8Array> {
  const isOld = file.read(offset, 4).readUInt32LE(0) !== continuation;
  const length = file.read(offset + (isOld ? 0 : 4), 4).readInt32LE(0);
  const at = offset + (isOld ? 4 : 8);
  const message = file.read(at, length);
  const body = checkMessage(message);
  const kind = checked(() => FlatTable.root(message).byte(1));
  const isExpected =
    expected === null ? kind === messageKinds.schema : kind === expected.kind && body === expected.body;
  if (!isExpected || at + length + body > end) throw new Error('its footer names what is not there');
  yield* pieces(message, file.read(at + length, body));
}

/** With the prefix that today's streams have. */
function* pieces(message: Buffer, body: Buffer): Generator<Uint8Array> {
  const prefix = Buffer.alloc(8);
  prefix.writeUInt32LE(continuation, 0);
  prefix.writeInt32LE(message.length, 4);
  yield prefix;
  yield message;
  if (body.length > 0) yield body;
}

/** Bytes of the message's body. Message: {version, header type, header, bodyLength}. */
function checkMessage(message: Buffer): number {
  return checked(() => {
    const table = FlatTable.root(message);
    const body = table.long(3);
    const kind = table.byte(1);
    const header = table.table(2);
    if (header === null || body < 0) throw new RangeError('it has no content');
    if (kind === messageKinds.schema) checkFields(header.tables(1), { left: message.length }, 0);
    else if (kind === messageKinds.batch) checkBatch(message, header, body);
    else if (kind === messageKinds.dictionary) {
      const data = header.table(1);
      if (data === null) throw new RangeError('it has no content');
      checkBatch(message, data, body);
    } else throw new RangeError('it is of no known kind');
    return body;
  });
}

/** Field: {name, nullable, type type, type, dictionary, children, metadata}. Each takes bytes of the message. */
function checkFields(fields: readonly FlatTable[], bytes: { left: number }, depth: number): void {
  if (depth > mostDepth) throw new RangeError('fields are nested too deep');
  for (const field of fields) {
    bytes.left -= 4;
    if (bytes.left < 0) throw new RangeError('it has too many fields');
    const children = field.tables(5);
    field.tables(6);
    checkFields(children, bytes, depth + 1);
  }
}

/** RecordBatch: {length, nodes: [{length, nulls}], buffers: [{offset, length}], compression, variadic counts}. */
function checkBatch(message: Buffer, batch: FlatTable, body: number): void {
  const rows = batch.long(0);
  if (rows < 0) throw new RangeError('it has a negative number of rows');
  const nodes = batch.places(1, 16);
  if (nodes.length > 0 && Number(message.readBigInt64LE(nodes[0]!)) !== rows)
    throw new RangeError('its columns have another number of rows');
  for (const at of nodes) {
    const [length, nulls] = [Number(message.readBigInt64LE(at)), Number(message.readBigInt64LE(at + 8))];
    if (length < 0 || nulls < 0 || nulls > length) throw new RangeError('a column has a wrong length');
  }
  const buffers = batch.places(2, 16);
  for (const at of buffers) {
    const [offset, length] = [Number(message.readBigInt64LE(at)), Number(message.readBigInt64LE(at + 8))];
    if (offset < 0 || length < 0 || offset + length > body)
      throw new RangeError('a buffer is not in its body');
  }
  for (const at of batch.places(4, 8))
    if (Number(message.readBigInt64LE(at)) > buffers.length) throw new RangeError('a buffer is missing');
}

function checked<T>(look: () => T): T {
  try {
    return look();
  } catch (cause) {
    const reason =
      cause instanceof RangeError && !('code' in cause) ? cause.message : 'it goes beyond its end';
    throw new Error(`a message is damaged: ${reason}`, { cause });
  }
}
