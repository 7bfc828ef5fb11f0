/** The functions that the host calls. Addresses are numbers in this instance's memory. */
import { reserveInput, reserveSteps } from './build';
import { reserveNear } from './cache';
import { encodeDocument, isWholeText } from './encode';
import { reserveFar } from './far';
import { begin as beginTokens, end as endTokens, endDocument, written } from './pretokens';
import { reserveFailed } from './scan-long';
import { beginSums, endSum, leaveSums } from './unigram';
import { DIRECTORY, mark, release, reserve } from './memory';

export { reserveInput, reserveSteps, reserve, mark, release };
export { showPretokens } from './queue';
export { buildPieces } from './pieces';
export { beginText, beginUnigram, endUnigram } from './unigram';
export { begin, beginMerges, buildFromMerges, buildFromRanks, endTables } from './build';
export { reserveUnknown } from './unknown';
export { reserveBorders } from './words';

export function directoryAddress(): usize {
  return DIRECTORY;
}

let text: usize = 0;
let ends: usize = 0;
let lengths: usize = 0;
let tokens: usize = 0;
let own: usize = 0;

/** Reserves the instance's own memory after the tables: caches, then a window of text with room for its tokens. */
export function reserveWindow(nearBits: u32, farBits: u32, bytes: u32, documents: u32): void {
  if (own == 0) {
    reserveNear(nearBits);
    reserveFar(<usize>1 << farBits);
    reserveFailed();
    own = mark();
  }
  release(own);
  ends = reserve(documents * 4);
  lengths = reserve(documents * 4);
  text = reserve(bytes + 128);
  tokens = reserve(bytes * 4 + 64);
}

export function textAddress(): usize { return text; }
export function endsAddress(): usize { return ends; }
export function lengthsAddress(): usize { return lengths; }
export function tokensAddress(): usize { return tokens; }

let total: u32 = 0;

/** Number of tokens that the last `encode` wrote. */
export function tokenCount(): u32 { return total; }

/**
 * Encodes the documents that lie end to end in the window. `open`: the last document continues after the window; the
 * return value is then the number of bytes of the window that are done. `continued`: the first document continues an
 * open window.
 */
export function encode(documents: u32, open: bool, continued: bool): u32 {
  beginTokens(tokens);
  beginSums(tokens);
  let start: usize = text;
  for (let i: u32 = 0; i < documents; i++) {
    const end = text + load<u32>(ends + i * 4);
    const last = open && i == documents - 1;
    const reached = encodeDocument(start, end, !last, continued && i == 0);
    endDocument(lengths + i * 4, last);
    if (isWholeText()) endTokens();
    start = last ? reached : end;
    if (!last && isWholeText()) endSum(0);
  }
  endTokens();
  leaveSums(written);
  total = <u32>(written - tokens) >> 2;
  return <u32>(start - text);
}
