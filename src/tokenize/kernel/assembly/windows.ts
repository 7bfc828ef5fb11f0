/**
 * The tokens of a pretoken that is too long for `merge-short.ts`: window after window is merged by itself, and where
 * all neighbours can stand side by side, within windows and across, this is the encoding of the whole (see `pairs.ts`).
 * What the end of a window would do in a longer text is not known, so its last tokens are not kept: the next window
 * begins before them. If its first token can't follow the last one kept, it begins a token earlier.
 *
 * That is about twice as fast as `backtrack.ts` where tokens are short (random letters), and slower where they are
 * long (spaces, one letter). Text of that kind, and text in which windows often don't fit together, goes there: it is
 * linear on any text, so this is too.
 */
import { encodeByBacktracking } from './backtrack';
import { At, directory } from './memory';
import { encodeShort } from './merge-short';
import { canFollow } from './pairs';

const WINDOW: u32 = 48;
/** Tokens at the end of a window that are not kept. */
const UNSURE: u32 = 2;
/** Bytes a token from which on backtracking is the faster one. */
const LONG_TOKENS: u32 = 4;

/** Writes internal tokens to `out`, returns how many. */
export function encodeByWindows(at: usize, length: u32, out: usize): u32 {
  const records = directory(At.Records);
  let count: u32 = 0;
  let pos: u32 = 0;
  // A good window earns 1, a bad one costs 4: so there is at most one bad window to four good ones.
  let credit: i32 = 3;
  while (true) {
    const size = min(WINDOW, length - pos);
    const next = out + (<usize>count << 2);
    const made = encodeShort(at + pos, size, next);
    const fits = count == 0 || canFollow(load<u32>(next - 4), load<u32>(next));
    if (fits && pos + size == length) return count + made;
    credit = fits && made * LONG_TOKENS > size ? min(credit + 1, 8) : credit - 4;
    if (credit < 0) return encodeByBacktracking(at, length, out);
    if (fits) {
      const kept = made > UNSURE ? made - UNSURE : 1;
      for (let k: u32 = 0; k < kept; k++) {
        pos += load<u32>(records + (<usize>load<u32>(next + (<usize>k << 2)) << 4), 8);
      }
      count += kept;
    } else {
      count -= 1;
      pos -= load<u32>(records + (<usize>load<u32>(next - 4) << 4), 8);
    }
  }
}
