/**
 * Finds a piece's number by its bytes, of any length. A hash table with open addressing, at most half full; a slot is
 * {id + 1, 32 bits of the hash}, so a lookup reads a piece's bytes only if the hash agrees.
 */
import { equalBytes, hashBytes } from './hash';
import { At, directory, log2Ceil, reserveZeroed, setDirectory } from './memory';

export const NONE: u32 = 0xffffffff;

// @ts-ignore: decorator
@inline
export function pieceLength(id: u32): u32 {
  const start = directory(At.PieceStart) + id * 4;
  return load<u32>(start, 4) - load<u32>(start);
}

// @ts-ignore: decorator
@inline
export function pieceAddress(id: u32): usize {
  return directory(At.PieceText) + load<u32>(directory(At.PieceStart) + id * 4);
}

/**
 * Builds the table; text and starts of the pieces must be in place. An empty piece is a hole; of equal pieces the first
 * counts.
 */
export function buildPieces(count: u32): void {
  const bits = log2Ceil(count * 2 + 2);
  setDirectory(At.PieceSlots, reserveZeroed((<usize>8) << bits));
  setDirectory(At.PieceShift, 64 - bits);
  setDirectory(At.Pieces, count);
  const mask = (<usize>1 << bits) - 1;
  for (let id: u32 = 0; id < count; id++) {
    const length = pieceLength(id);
    if (length == 0) continue;
    const hash = hashBytes(pieceAddress(id), length);
    if (findPieceHashed(pieceAddress(id), length, hash) != NONE) continue;
    let i = <usize>(hash >>> (64 - bits));
    while (load<u32>(directory(At.PieceSlots) + i * 8) != 0) i = (i + 1) & mask;
    store<u32>(directory(At.PieceSlots) + i * 8, id + 1);
    store<u32>(directory(At.PieceSlots) + i * 8, <u32>hash, 4);
  }
}

/** Number of the piece with these bytes, or NONE. */
export function findPiece(at: usize, length: u32): u32 {
  return findPieceHashed(at, length, hashBytes(at, length));
}

export function findPieceHashed(at: usize, length: u32, hash: u64): u32 {
  const slots = directory(At.PieceSlots);
  const shift = directory(At.PieceShift);
  const mask = (<usize>1 << (64 - shift)) - 1;
  let i = <usize>(hash >>> shift);
  while (true) {
    const id = load<u32>(slots + i * 8);
    if (id == 0) return NONE;
    if (load<u32>(slots + i * 8, 4) == <u32>hash && pieceLength(id - 1) == length) {
      if (equalBytes(pieceAddress(id - 1), at, length)) return id - 1;
    }
    i = (i + 1) & mask;
  }
}
