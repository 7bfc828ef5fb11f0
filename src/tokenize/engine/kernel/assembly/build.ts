/**
 * Builds the vocabulary's tables from its pieces and merges. Internal tokens are numbered in the order in which merging
 * makes them: first the 256 bytes, then one number per merge. With the host's part, cl100k takes 90-130 ms, o200k
 * 185-250.
 */
import { keepMerges, makesPiece, reserveMerges, setMerge } from './merge';
import { addTrap, hasTraps, isTrap, reserveTraps } from './traps';
import { At, directory, log2Ceil, mark, release, reserve, reserveZeroed, setDirectory } from './memory';
import { addPair, canFollow, reserveHints, reservePairs } from './pairs';
import { buildPieces, findPiece, NONE, pieceAddress, pieceLength } from './pieces';
import { growTrie, insertToken, longestProperPrefix, longestToken, reserveTrie, trieEnd } from './trie';
import { lacksUnits } from './unknown';

let tokens: u32 = 0;
/** u32[pieces]: number of a piece -> internal token, or NONE. Scratch. */
let internal: usize = 0;
/** u32[tokens]: 1 + number of the merge that makes a token, 0 for bytes. Scratch. */
let times: usize = 0;

/** Reserves the input. The caller writes classes, piece text, piece starts and ids where the directory says. */
export function reserveInput(pieces: u32, textBytes: u32): void {
  setDirectory(At.Classes, reserve(0x110000));
  setDirectory(At.PieceText, reserve(textBytes + 64));
  setDirectory(At.PieceStart, reserve((pieces + 1) * 4));
  setDirectory(At.Ids, reserve(pieces * 4));
}

/** Reserves the steps that cut a text; the caller writes them. */
export function reserveSteps(bytes: u32): usize {
  const at = reserve(bytes);
  setDirectory(At.Steps, <u32>at);
  return at;
}

/** Reserves the tables, the trie as the last one; all memory that is reserved later is scratch. */
export function begin(pieces: u32, ignoreMerges: bool): void {
  buildPieces(pieces);
  setDirectory(At.IgnoreMerges, ignoreMerges ? 1 : 0);
  setDirectory(At.BytePieces, reserve(256 * 4));
  setDirectory(At.External, reserve((pieces + 256) * 4));
  setDirectory(At.Records, reserve((pieces + 256) * 16));
  reservePairs(pieces);
  reserveHints();
  reserveTraps();
  // Most vocabularies have 2.1 edges per token; with more, the trie grows.
  reserveTrie(log2Ceil((pieces + 256) * 4));
  internal = reserve(pieces * 4);
  memory.fill(internal, 0xff, pieces * 4);
  tokens = 256;
  const byte = reserve(8);
  for (let b: u32 = 0; b < 256; b++) {
    store<u64>(byte, b);
    const id = findPiece(byte, 1);
    store<u32>(directory(At.BytePieces) + b * 4, id);
    store<u32>(directory(At.External) + b * 4, id);
    store<u64>(directory(At.Records) + b * 16, ((<u64>b) << 32) | (<u64>b));
    store<u64>(directory(At.Records) + b * 16, ((<u64>NONE) << 32) | 1, 8);
    if (id != NONE) store<u32>(internal + id * 4, b);
  }
  release(byte);
  insertBytes();
}

function insertBytes(): void {
  const byte = reserve(8);
  for (let b: u32 = 0; b < 256; b++) {
    store<u64>(byte, b);
    insertToken(byte, 1, b);
  }
  release(byte);
}

/** Puts a token into the trie, which grows as often as necessary. */
function insert(token: u32): void {
  while (!insertDefined(token)) {
    growTrie();
    insertBytes();
    let earlier: u32 = 256;
    while (earlier < token && insertDefined(earlier)) earlier++;
  }
}

function insertDefined(token: u32): bool {
  const id = load<u32>(directory(At.External) + token * 4);
  return insertToken(pieceAddress(id), pieceLength(id), token);
}

function define(id: u32, left: u32, right: u32): void {
  const token = tokens++;
  addPair(left, right, token);
  store<u32>(directory(At.External) + token * 4, id);
  insert(token);
  store<u64>(directory(At.Records) + token * 16, ((<u64>right) << 32) | (<u64>left));
  store<u32>(internal + id * 4, token);
}

/**
 * Decides whether to look up whole pretokens: only if merging cannot make some pieces in order. Otherwise the trie is
 * enough.
 */
function end(pieces: u32): void {
  // Unknown units are cut out before merging, so a piece that contains them is made only by looking it up whole.
  let whole = directory(At.IgnoreMerges) != 0 && lacksUnits();
  if (directory(At.IgnoreMerges) != 0) {
    for (let id: u32 = 0; id < pieces; id++) {
      if (pieceLength(id) != 0 && load<u32>(internal + id * 4) == NONE) whole = true;
    }
  }
  setDirectory(At.LookUpWhole, whole ? 1 : 0);
  setDirectory(At.Tokens, tokens);
  for (let token: u32 = 256; token < tokens; token++) {
    const id = load<u32>(directory(At.External) + token * 4);
    const at = pieceAddress(id);
    const length = pieceLength(id);
    store<u32>(directory(At.Records) + token * 16, length, 8);
    store<u32>(directory(At.Records) + token * 16, longestProperPrefix(at, length), 12);
  }
  for (let token: u32 = 0; token < tokens; token++) {
    const at = directory(At.External) + token * 4;
    const piece = load<u32>(at);
    if (piece != NONE) store<u32>(at, load<u32>(directory(At.Ids) + piece * 4));
  }
}

/**
 * Builds the tables for ranks: any two neighbours whose bytes together are a piece merge, the piece with the lowest
 * number first.
 */
export function buildFromRanks(pieces: u32): void {
  for (let id: u32 = 0; id < pieces; id++) {
    const length = pieceLength(id);
    if (length < 2) continue;
    const at = pieceAddress(id);
    if (findPiece(at, length) != id) continue;
    let split: u32 = NONE;
    let left: u32 = 0;
    let right: u32 = 0;
    // At most one split into two earlier tokens is stable under the earlier merges.
    for (let cut = length - 1; cut > 0; cut--) {
      left = longestToken(at, cut);
      cut = left < 256 ? 1 : pieceLength(load<u32>(directory(At.External) + left * 4));
      const rightId = findPiece(at + cut, length - cut);
      if (rightId == NONE) continue;
      right = load<u32>(internal + rightId * 4);
      if (right == NONE || !canFollow(left, right)) continue;
      split = cut;
      break;
    }
    if (split != NONE) define(id, left, right);
    else if (makesPiece(at, length, id)) addTrap(id);
  }
  end(pieces);
}

/** Reserves the extra table of merges in a given order. It is scratch, but `endTables` keeps it if there are traps. */
export function beginMerges(merges: u32): void {
  reserveMerges(merges);
}

/**
 * Builds the tables for a list of merges, in the order of their priority: `left[i] + right[i] -> merged[i]`, numbers of
 * pieces.
 */
export function buildFromMerges(pieces: u32, merges: u32, leftIds: usize, rightIds: usize, mergedIds: usize): void {
  times = reserveZeroed((pieces + 256) * 4);
  for (let i: u32 = 0; i < merges; i++) {
    const id = load<u32>(mergedIds + i * 4);
    setMerge(load<u32>(leftIds + i * 4), load<u32>(rightIds + i * 4), i, id);
    if (load<u32>(internal + id * 4) != NONE) continue;
    const left = load<u32>(internal + load<u32>(leftIds + i * 4) * 4);
    const right = load<u32>(internal + load<u32>(rightIds + i * 4) * 4);
    if (left == NONE || right == NONE || !canFollow(left, right)) continue;
    store<u32>(times + tokens * 4, i + 1);
    define(id, left, right);
  }
  for (let i: u32 = 0; i < merges; i++) {
    const id = load<u32>(mergedIds + i * 4);
    const token = load<u32>(internal + id * 4);
    if (token == NONE) {
      if (!isTrap(id) && makesPiece(pieceAddress(id), pieceLength(id), id)) addTrap(id);
      continue;
    }
    // A merge that comes before the merges of its parts would run as soon as both parts exist.
    const left = load<u32>(internal + load<u32>(leftIds + i * 4) * 4);
    const right = load<u32>(internal + load<u32>(rightIds + i * 4) * 4);
    if (left == NONE || right == NONE) continue;
    const parts = max(load<u32>(times + left * 4), load<u32>(times + right * 4));
    if (i + 1 < parts && parts < load<u32>(times + token * 4) && !isTrap(id)) addTrap(id);
  }
  end(pieces);
}

/** Ends the tables; returns where they end. Memory that is reserved later belongs to this instance alone. */
export function endTables(): usize {
  // A vocabulary without merges has no trie, and no scratch.
  if (directory(At.TrieSlots) != 0) release(trieEnd());
  if (hasTraps()) keepMerges();
  else setDirectory(At.MergeSlots, 0);
  setDirectory(At.TablesEnd, mark());
  return mark();
}
