/**
 * Reads a gzip file (RFC 1952) member by member, for formats with one member per record. Damage costs only the member
 * that it is in, and reading can start at any member. Members are inflated whole, which is faster than one stream per
 * member; only large ones are streamed.
 */
import * as zlib from 'node:zlib';
import type { InputFile } from '../../nouns/documents.ts';
import { through } from './decompress.ts';
import { type Looks, localBlocks } from './file-blocks.ts';
import { localCopy } from './local-copy.ts';
import type { UnitHash } from './unit-hash.ts';

/** Plain bytes, and where they begin in the file (for a gzip file, where their member begins). */
export interface Piece {
  readonly bytes: Uint8Array;
  readonly at: number;
  /** Why the data at `at` can't be read; then `bytes` is empty. */
  readonly broken?: string;
}

/** Whether the first bytes of a member's content are a valid beginning in its format. */
export type IsBeginning = (content: Buffer) => boolean;

const mebibyte = 1024 * 1024;
const magic = Buffer.from([0x1f, 0x8b, 8]);
/** A member that is larger than one of these, packed or unpacked, is streamed. */
const mostPackedBytes = 16 * mebibyte;
const mostPlainBytes = 64 * mebibyte;
/** So many bytes of a member are enough to see how its content begins. */
const lookBytes = 2048;
/** Twice the longest block that deflate can store uncompressed. */
const chainBytes = 128 * 1024;

const wrongCheck = 'the gzip data is damaged: its checksum differs';
const cutShort = 'the gzip data is cut short';

/** The content of the members that begin in [start, end). After a broken one, skips to one that `isBeginning` knows. */
export async function* memberPieces(
  file: InputFile,
  start: number,
  end: number,
  hash: UnitHash | null,
  isBeginning: IsBeginning,
): AsyncGenerator<Piece> {
  // Members are looked at to and fro, so a range of a file elsewhere is copied first.
  const copy = await localCopy(file, null, start, end);
  hash?.begin(file, end - start);
  const blocks = localBlocks(copy.path, copy.start, copy.start + end - start, false);
  /** Bytes that were read but not inflated yet; `at` is their place in the file. */
  let held: Buffer = Buffer.alloc(0);
  let at = start;

  const nextBlock = (): Buffer | null => {
    const { value, done } = blocks.next();
    if (done) return null;
    hash?.update(value);
    return value;
  };
  /** Reads until `bytes` bytes are held; false: the file ends before that. */
  const hold = (bytes: number): boolean => {
    const parts = [held];
    let sum = held.length;
    for (
      let block = sum < bytes ? nextBlock() : null;
      block !== null;
      block = sum < bytes ? nextBlock() : null
    ) {
      parts.push(block);
      sum += block.length;
    }
    if (parts.length > 1) held = Buffer.concat(parts);
    return sum >= bytes;
  };
  const grow = (): boolean => {
    const before = held.length;
    hold(before + Math.max(before, 64 * 1024));
    return held.length > before;
  };
  const drop = (bytes: number): void => {
    held = held.subarray(bytes);
    at += bytes;
  };
  const toNextMember = (): void => {
    for (drop(Math.min(1, held.length)); hold(lookBytes) || held.length > 0; drop(1)) {
      const found = held.indexOf(magic);
      drop(found >= 0 ? found : held.length - Math.min(2, held.length));
      hold(lookBytes);
      if (found >= 0 && beginsWell(held, isBeginning)) return;
      if (held.length === 0) return;
    }
  };
  /** Yields a member's content piece by piece; returns what is wrong with the member, or null. */
  const inflateLarge = async function* (): AsyncGenerator<Piece, string | null> {
    const [from, head] = [at, memberHead(held)!];
    const inflate = zlib.createInflateRaw({ chunkSize: 256 * 1024 });
    /** Blocks that were given to `inflate`. It may not have consumed the last ones. */
    const given = [held.subarray(head)];
    let givenFrom = 0;
    const feed = function* () {
      yield given[0]!;
      for (let block = nextBlock(); block !== null; block = nextBlock()) {
        given.push(block);
        yield block;
      }
    };
    let [check, broken] = [0, null as string | null];
    try {
      for await (const bytes of through(feed(), inflate)) {
        check = zlib.crc32(bytes, check);
        yield { bytes, at: from };
        while (given.length > 1 && givenFrom + given[0]!.length <= inflate.bytesWritten)
          givenFrom += given.shift()!.length;
      }
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code?.startsWith('Z_') !== true) throw error;
      broken = code === 'Z_BUF_ERROR' ? cutShort : `the gzip data is damaged: ${message}`;
    }
    held = Buffer.concat(given).subarray(inflate.bytesWritten - givenFrom);
    at += head + inflate.bytesWritten;
    if (broken !== null) return broken;
    if (!hold(8)) return cutShort;
    if (held.readUInt32LE(0) !== check) return wrongCheck;
    drop(8);
    return null;
  };

  try {
    while (hold(1)) {
      const from = at;
      let broken: string | null = null;
      let found = inflateMember(held);
      while (found === 'more' && held.length <= mostPackedBytes && grow()) found = inflateMember(held);
      if (found === 'large' || (found === 'more' && held.length > mostPackedBytes))
        broken = yield* inflateLarge();
      else if (found === 'more') broken = cutShort;
      else if (found.bytes === null) broken = found.broken;
      else {
        yield { bytes: found.bytes, at };
        drop(found.end);
      }
      if (broken !== null) {
        toNextMember();
        yield { bytes: new Uint8Array(0), at: from, broken };
      }
      // A file may be padded with zeros.
      while (held[0] === 0) drop(1);
    }
  } finally {
    blocks.return(undefined as never);
    copy.remove();
  }
}

/**
 * Finds the first member at or after `from` whose content `isBeginning` accepts; returns the file's size if there is
 * none. The member and those after it must be intact for a while. The reason: if a member's content is itself a gzip
 * file, that file's members may be found too. They are never intact for long, because deflate stores uncompressed bytes
 * in blocks of less than 64 KiB.
 */
export async function memberFrom(
  looks: Looks,
  bytes: number,
  from: number,
  isBeginning: IsBeginning,
): Promise<number> {
  const isChain = async (at: number): Promise<boolean> => {
    let held = await looks.at(at, 2 * chainBytes);
    for (let end = 0; end < chainBytes && at + end < bytes; ) {
      const found = inflateMember(held.subarray(end));
      if (found === 'more' && at + held.length < bytes && held.length <= mostPackedBytes)
        held = await looks.at(at, 2 * held.length);
      else if (typeof found === 'string') return found === 'large' || held.length > mostPackedBytes;
      else if (found.bytes === null) return false;
      else end += found.end;
    }
    return true;
  };
  const step = 64 * 1024;
  for (let at = from; at < bytes; at += step) {
    const held = await looks.at(at, step + lookBytes);
    for (let i = held.indexOf(magic); i >= 0 && i < step; i = held.indexOf(magic, i + 1))
      if (beginsWell(held.subarray(i), isBeginning) && (await isChain(at + i))) return at + i;
  }
  return bytes;
}

/** `more`: the member is longer than the given bytes; `large`: its content is too large to be inflated at once. */
type Inflated =
  | 'more'
  | 'large'
  | { readonly bytes: Buffer; readonly end: number }
  | { readonly bytes: null; readonly broken: string };

function inflateMember(packed: Buffer): Inflated {
  const head = memberHead(packed);
  if (head === null) return 'more';
  if (head === 0) return { bytes: null, broken: 'no gzip member' };
  let found: { buffer: Buffer; engine: { bytesWritten: number } };
  try {
    const options = { info: true, maxOutputLength: mostPlainBytes };
    found = zlib.inflateRawSync(packed.subarray(head), options) as unknown as typeof found;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ERR_BUFFER_TOO_LARGE') return 'large';
    return code === 'Z_BUF_ERROR' ? 'more' : { bytes: null, broken: `the gzip data is damaged: ${message}` };
  }
  const end = head + found.engine.bytesWritten;
  if (packed.length < end + 8) return 'more';
  if (zlib.crc32(found.buffer) !== packed.readUInt32LE(end)) return { bytes: null, broken: wrongCheck };
  return { bytes: found.buffer, end: end + 8 };
}

/** Length of a member's header in bytes; null: the header is longer than the given bytes; 0: it is not a header. */
function memberHead(bytes: Buffer): number | null {
  if (bytes.length < 18) return null;
  const flags = bytes[3]!;
  if (bytes.compare(magic, 0, 3, 0, 3) !== 0 || flags >= 0x20) return 0;
  let at = 10;
  if (flags & 4) at += 2 + bytes.readUInt16LE(at);
  for (const flag of [8, 16]) if (flags & flag) at = bytes.indexOf(0, at) + 1 || bytes.length;
  if (flags & 2) at += 2;
  return at < bytes.length ? at : null;
}

function beginsWell(packed: Buffer, isBeginning: IsBeginning): boolean {
  const head = memberHead(packed);
  if (head === null || head === 0) return false;
  try {
    const options = { finishFlush: zlib.constants.Z_SYNC_FLUSH };
    return isBeginning(zlib.inflateRawSync(packed.subarray(head, head + lookBytes / 2), options));
  } catch {
    return false;
  }
}
