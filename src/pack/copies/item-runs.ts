/** Runs of items in mixes in which documents repeat: the copies of a document that can be handled together. */
import { rowWidth } from '../../base/sequence.ts';
import type { PackInput } from '../packers/packer.ts';

/** Visits runs of items: consecutive copies of one document that take the same number of tokens. */
export function eachRun(
  input: PackInput,
  visit: (
    item: number,
    items: number,
    document: number,
    sequence: number,
    isWhole: boolean,
    copies: number,
  ) => void,
): void {
  const { table, instances, items, sequences, width } = input;
  const { document, parts } = instances;
  const bos = Number(sequences.bos);
  const specials = bos + Number(sequences.eos);
  const longest = sequences.overlong === 'truncate' ? rowWidth(sequences) : Number.POSITIVE_INFINITY;
  const count = items?.length ?? instances.count;
  const visitRun = (item: number, n: number, d: number, taken: number, all: number, copies: number) => {
    const sequence = Math.min(taken, longest);
    visit(item, n, d, sequence, sequence === all && all <= width, copies);
  };
  let part = 0;
  for (let from = 0; from < count; ) {
    const d = document[items === null ? from : items[from]!]!;
    let end = from + 1;
    while (end < count && document[items === null ? end : items[end]!] === d) end += 1;
    const all = table.lengths[d]! + specials;
    let run = from;
    for (let item = from; item < end; item += 1) {
      const instance = items === null ? item : items[item]!;
      while (parts.copy[part]! < instance) part += 1;
      if (parts.copy[part] !== instance) continue;
      // A copy that takes only a part of the document is a run by itself.
      if (item > run) visitRun(run, item - run, d, all, all, end - from);
      visitRun(item, 1, d, parts.take[part]! + bos, all, end - from);
      run = item + 1;
    }
    if (end > run) visitRun(run, end - run, d, all, all, end - from);
    from = end;
  }
}
