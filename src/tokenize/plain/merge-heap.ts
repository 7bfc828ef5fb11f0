/**
 * The same merges as merge-naive.ts in O(n log n): a linked list of symbols, and a binary heap of the pairs that may
 * merge, ordered by (priority, position). For pretokens of any length: whole documents in SentencePiece style, a
 * megabyte of one letter. A merge leaves stale pairs in the heap; they are skipped, because their symbols have changed.
 */
import type { MergeTable } from './merge-table.ts';

interface Pair {
  readonly priority: number;
  /** Position of the left symbol. */
  readonly at: number;
  readonly left: number;
  readonly right: number;
}

export function mergeHeap(symbols: readonly number[], table: MergeTable): number[] {
  const { length } = symbols;
  /** The symbol that begins at each position; -1 if it was merged into an earlier one. */
  const symbol = [...symbols];
  const next = Array.from(symbols, (_, at) => at + 1);
  const previous = Array.from(symbols, (_, at) => at - 1);
  const heap: Pair[] = [];

  const offer = (at: number) => {
    const to = at < 0 ? length : next[at]!;
    if (to >= length) return;
    const left = symbol[at]!;
    const right = symbol[to]!;
    const priority = table.priority(left, right);
    if (priority !== Number.POSITIVE_INFINITY) push(heap, { priority, at, left, right });
  };

  for (let at = 0; at < length; at += 1) offer(at);
  for (let pair = pop(heap); pair !== undefined; pair = pop(heap)) {
    const { at } = pair;
    const to = next[at]!;
    if (to >= length || symbol[at] !== pair.left || symbol[to] !== pair.right) continue;
    symbol[at] = table.merged(pair.priority);
    symbol[to] = -1;
    const after = next[to]!;
    next[at] = after;
    if (after < length) previous[after] = at;
    offer(previous[at]!);
    offer(at);
  }

  const out: number[] = [];
  for (let at = 0; at < length; at = next[at]!) out.push(symbol[at]!);
  return out;
}

function before(a: Pair, b: Pair): boolean {
  return a.priority < b.priority || (a.priority === b.priority && a.at < b.at);
}

function push(heap: Pair[], pair: Pair): void {
  let at = heap.length;
  heap.push(pair);
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (!before(pair, heap[parent]!)) break;
    heap[at] = heap[parent]!;
    at = parent;
  }
  heap[at] = pair;
}

function pop(heap: Pair[]): Pair | undefined {
  const top = heap[0];
  const moved = heap.pop();
  if (moved === undefined || heap.length === 0) return top;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child += 1;
    if (!before(heap[child]!, moved)) break;
    heap[at] = heap[child]!;
    at = child;
  }
  heap[at] = moved;
  return top;
}
