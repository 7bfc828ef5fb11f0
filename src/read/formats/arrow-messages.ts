/**
 * Yields the messages of an Arrow file or stream as pieces of a stream, one at a time. apache-arrow reads these pieces,
 * and does not check anything in them. So each message is checked first: it must lie in the file, its lists must not be
 * longer than the message, and its buffers must lie in its body. A stream must reach its end mark; otherwise it was
 * cut. A file's messages are those that its footer names, dictionaries first.
 */
import { openFile } from '../../storage/files.ts';
import { orUnreadable } from '../../storage/unreadable.ts';
import { FlatTable } from './flat-table.ts';

const magic = 'ARROW1';
const continuation = 0xffffffff;
/** The last bytes of a file: the footer's length and the magic. */
const tailBytes = 10;
/** The value of MetadataVersion V5. */
const metadataVersion = 4;
const messageKinds = { schema: 1, dictionary: 2, batch: 3 } as const;
const mostDepth = 64;

/** @throws Error that says what is wrong with the file; LongmixError `input-unreadable` */
export function* arrowMessages(path: string, bytes: number): Generator<Uint8Array> {
  const file = openInput(path, bytes);
  try {
    const head = file.read(0, Math.min(bytes, magic.length));
    yield* head.toString('latin1') === magic ? ofFile(file) : ofStream(file);
  } finally {
    file.close();
  }
}

interface OpenFile {
  readonly bytes: number;
  /** Reads into newly allocated memory. */
  read(at: number, length: number): Buffer;
  close(): void;
}

function openInput(path: string, bytes: number): OpenFile {
  const file = orUnreadable(path, () => openFile(path));
  return {
    bytes,
    read(at, length) {
      if (length < 0 || at < 0 || at + length > bytes) throw new Error('the file ends too early');
      const buffer = Buffer.allocUnsafeSlow(length);
      file.read(at, buffer);
      return buffer;
    },
    close: () => file.close(),
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
  const schema = checked(() => schemaMessage(footer, table.place(1)));
  checkMessage(schema);
  yield* pieces(schema, Buffer.alloc(0));
  // A block is {offset: int64, metaDataLength: int32, padding, bodyLength: int64}. Writers disagree about the lengths,
  // so only the offset is used.
  for (const field of [2, 3]) {
    const blocks = checked(() => table.places(field, 24));
    const kind = field === 2 ? messageKinds.dictionary : messageKinds.batch;
    for (const at of blocks) yield* atBlock(file, Number(footer.readBigInt64LE(at)), end, kind);
  }
}

/**
 * Makes a message of the footer's schema: the same bytes, after a table that refers to the schema. Offsets are
 * relative, so those inside stay valid. (The schema at the beginning of a file is optional; apache-arrow's own writer
 * leaves it out.)
 */
function schemaMessage(footer: Buffer, schema: number): Buffer {
  const [vtable, table, before] = [4, 16, 40];
  const message = Buffer.alloc(before + ((footer.length + 7) & ~7));
  message.writeUInt32LE(table, 0);
  // Sizes of the vtable and the table, then the offsets of version, header type, header and bodyLength in the table.
  for (const [i, value] of [12, 24, 16, 18, 4, 8].entries()) message.writeUInt16LE(value, vtable + 2 * i);
  message.writeInt32LE(table - vtable, table);
  message.writeUInt32LE(before + schema - (table + 4), table + 4);
  message.writeInt16LE(metadataVersion, table + 16);
  message.writeUInt8(messageKinds.schema, table + 18);
  footer.copy(message, before);
  return message;
}

function* atBlock(file: OpenFile, offset: number, end: number, kind: number): Generator<Uint8Array> {
  const isOld = file.read(offset, 4).readUInt32LE(0) !== continuation;
  const length = file.read(offset + (isOld ? 0 : 4), 4).readInt32LE(0);
  const at = offset + (isOld ? 4 : 8);
  const message = file.read(at, length);
  const body = checkMessage(message);
  if (checked(() => FlatTable.root(message).byte(1)) !== kind || at + length + body > end)
    throw new Error('its footer points to missing data');
  yield* pieces(message, file.read(at + length, body));
}

/** Yields a message with the prefix that streams have since Arrow 0.15. */
function* pieces(message: Buffer, body: Buffer): Generator<Uint8Array> {
  const prefix = Buffer.alloc(8);
  prefix.writeUInt32LE(continuation, 0);
  prefix.writeInt32LE(message.length, 4);
  yield prefix;
  yield message;
  if (body.length > 0) yield body;
}

/** Checks a message; returns the length of its body in bytes. Message: {version, header type, header, bodyLength}. */
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
    } else throw new RangeError('its kind is unknown');
    return body;
  });
}

/** Field: {name, nullable, type type, type, dictionary, children, metadata}. Their number is bounded by their bytes. */
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
    throw new RangeError('its columns have a different number of rows');
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
