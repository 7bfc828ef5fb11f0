/**
 * Packs groups: the documents of a group stand in one row, in their order (SPLiCe, Staniszewski et al. 2023, arXiv
 * 2312.17296; in-context pretraining, Shi et al. 2023, arXiv 2310.10638). Such rows are for attention over the whole row.
 *
 * A group is one item of best-fit. One that is longer than a row is cut between documents, each part as long as fits; a
 * document that is longer than a row is full rows of its own, and its end goes on with the documents after it. So no
 * document that fits is cut, and every row holds whole parts.
 *
 * Where documents repeat, copy k of a group is an item: the documents that have such a copy. The run is divided into
 * slices, and the copies of a group are spread evenly over them, each in a slice of its own. Slices are packed one by one, so no row holds two copies of a document. Cost of that: a row per slice that is not
 * filled, so slices have some rows.
 *
 * Cost: a sort of the copies by group; 40 bytes per copy while it works.
 */
import { keyedHash } from '../../base/keyed-hash.ts';
import { orderByKey } from '../../base/radix-sort.ts';
import { lastPiece, rowWidth, takenTokens } from '../../base/sequence.ts';
import { shuffle } from '../../base/shuffle.ts';
import type { Instances } from '../../nouns/mix.ts';
import { orderCopies } from '../copies/rows-of-copies.ts';
import { anywhere, type Copy, type SpreadRows } from '../copies/spread.ts';
import { type PackPhase, type PhaseInput, sequenceLengths } from './packer.ts';
import type { Packer } from './pieces.ts';
import { RowWriter } from './row-writer.ts';

/** Part of a build's identity. Change it whenever the rows of groups change, or which groups a mix takes. */
export const groupsVersion = 'groups-1';

/** Slices are as many as give each copy of a group its own, and at most this many times as many. */
const mostPerCopy = 8;
const leastRows = 64;

/** Pieces of documents in the order of their groups, as parallel arrays, and where parts of groups end in them. */
interface Parts {
  readonly instance: Uint32Array;
  readonly start: Uint32Array;
  readonly length: Uint32Array;
  /** One past the last piece of each part, and its tokens. */
  readonly ends: Uint32Array;
  readonly tokens: Uint32Array;
}

/** @param pack packs items that are not longer than a row */
export function inGroups(pack: Packer): PackPhase {
  return (phase) => {
    const { instances, table, sequences, seed } = phase;
    const width = rowWidth(sequences);
    const copyOf = copyNumbers(instances);
    const parts = cutParts(phase, copyOf, width);
    const slicing = sliceParts(phase, parts, copyOf, width);
    const rows = packSlices(phase, parts, slicing, pack, width);
    if (instances.mostCopies > 1) {
      const spread = spreadRows(phase, parts, rows, copyOf);
      return [orderCopies([{ rows: spread, perRow: 1 }], phase, { width, slices: slicing.slices })];
    }
    const order = rows.ends.map((_, row) => row);
    shuffle(order, keyedHash(seed, 'row'), 0);
    const out = new RowWriter(table, width, sequences, parts.instance.length);
    const give = rowGiver(phase, parts, rows);
    for (const row of order) give(row, out);
    return [out.finish()];
  };
}

/** The number of each copy among those of its document. */
function copyNumbers({ document, count, mostCopies }: Instances): Uint32Array {
  const numbers = new Uint32Array(count);
  if (mostCopies === 1) return numbers;
  for (let i = 1; i < count; i += 1) if (document[i] === document[i - 1]) numbers[i] = numbers[i - 1]! + 1;
  return numbers;
}

function groupOf({ groups, instances }: PhaseInput): (instance: number) => number {
  return groups === null
    ? (instance) => instances.document[instance]!
    : (instance) => groups.first[instances.document[instance]!]!;
}

/** Instances by group, then copy, then the order in the group. Sorts keep the order of equal keys: the last first. */
function byGroup(phase: PhaseInput, copyOf: Uint32Array): Uint32Array {
  const { instances, groups } = phase;
  const group = groupOf(phase);
  let order = Uint32Array.from({ length: instances.count }, (_, i) => i);
  const sortBy = (key: (instance: number) => number) => {
    const keys = order.map((i) => key(i));
    const places = orderByKey(keys);
    order = places.map((place) => order[place]!);
  };
  if (groups !== null && groups.rank !== null) {
    const { rank } = groups;
    sortBy((i) => rank[instances.document[i]!]!);
  }
  if (instances.mostCopies > 1) sortBy((i) => copyOf[i]!);
  sortBy(group);
  return order;
}

function cutParts(phase: PhaseInput, copyOf: Uint32Array, width: number): Parts {
  const { instances, table, sequences } = phase;
  const order = byGroup(phase, copyOf);
  const group = groupOf(phase);
  const lengthOf = sequenceLengths(instances, table, sequences);
  let most = 0;
  for (let i = 0; i < instances.count; i += 1) most += Math.ceil(lengthOf(i) / width);
  const column = () => new Uint32Array(most);
  const parts = { instance: column(), start: column(), length: column(), ends: column(), tokens: column() };
  let pieces = 0;
  let ends = 0;
  let tokens = 0;
  const endPart = () => {
    if (tokens === 0) return;
    parts.ends[ends] = pieces;
    parts.tokens[ends] = tokens;
    ends += 1;
    tokens = 0;
  };
  const add = (instance: number, start: number, length: number) => {
    if (tokens + length > width) endPart();
    parts.instance[pieces] = instance;
    parts.start[pieces] = start;
    parts.length[pieces] = length;
    pieces += 1;
    tokens += length;
  };
  let last = -1;
  for (const i of order) {
    if (last >= 0 && (group(i) !== group(last) || copyOf[i] !== copyOf[last])) endPart();
    last = i;
    const length = lengthOf(i);
    const end = length - lastPiece(length, width);
    for (let start = 0; start < end; start += width) add(i, start, width);
    if (length > 0) add(i, end, length - end);
  }
  endPart();
  return {
    instance: parts.instance.subarray(0, pieces),
    start: parts.start.subarray(0, pieces),
    length: parts.length.subarray(0, pieces),
    ends: parts.ends.subarray(0, ends),
    tokens: parts.tokens.subarray(0, ends),
  };
}

interface Slicing {
  readonly slices: number;
  /** The slice of each part. */
  readonly sliceOf: Uint32Array;
}

/** Parts of a copy of a group are in one slice. */
function sliceParts(
  phase: PhaseInput,
  { ends, instance, tokens }: Parts,
  copyOf: Uint32Array,
  width: number,
): Slicing {
  const { instances, groups, table, seed } = phase;
  const slice = new Uint32Array(ends.length);
  const { mostCopies } = instances;
  if (mostCopies === 1) return { slices: 1, sliceOf: slice };
  const group = groupOf(phase);
  const copies = new Map<number, number>();
  for (let i = 0; i < instances.count; i += 1)
    if (copyOf[i]! > 0) copies.set(group(i), Math.max(copies.get(group(i)) ?? 1, copyOf[i]! + 1));
  const rows = tokens.reduce((sum, part) => sum + part, 0) / width;
  const each = Math.max(1, Math.min(mostPerCopy, Math.floor(rows / (leastRows * mostCopies))));
  const slices = each * mostCopies;
  const { keysLow, keysHigh } = groups ?? table;
  const phaseOf = keyedHash(seed, 'spread');
  for (let part = 0; part < ends.length; part += 1) {
    const i = instance[ends[part]! - 1]!;
    const d = instances.document[i]!;
    const begin = Math.floor((phaseOf(keysLow[d]!, keysHigh[d]!, 0) / 2 ** 32) * slices);
    // There are at least as many slices as copies, so each copy has its own.
    slice[part] = (begin + Math.floor((copyOf[i]! * slices) / (copies.get(group(i)) ?? 1))) % slices;
  }
  return { slices, sliceOf: slice };
}

/** Rows as lists of parts. */
interface Rows {
  /** One past the last part of each row, in `parts`. */
  readonly ends: Uint32Array;
  readonly parts: Uint32Array;
  readonly slice: Uint32Array;
}

/** Packs each slice. Parts of a slice are in keyed order, and those of a row, too. */
function packSlices(phase: PhaseInput, parts: Parts, slicing: Slicing, pack: Packer, width: number): Rows {
  const { instances, table, groups, seed } = phase;
  const { keysLow, keysHigh } = groups ?? table;
  const hash = keyedHash(seed, 'order');
  const order = orderByKey(
    parts.ends.map((end) => {
      const d = instances.document[parts.instance[end - 1]!]!;
      return hash(keysLow[d]!, keysHigh[d]!, 0);
    }),
  );
  const place = new Uint32Array(order.length);
  for (let at = 0; at < order.length; at += 1) place[order[at]!] = at;
  const bySlice = orderByKey(order.map((part) => slicing.sliceOf[part]!)).map((at) => order[at]!);
  const ends: number[] = [];
  const slice: number[] = [];
  const listed = new Uint32Array(order.length);
  let at = 0;
  for (let from = 0; from < bySlice.length; ) {
    const number = slicing.sliceOf[bySlice[from]!]!;
    let to = from + 1;
    while (to < bySlice.length && slicing.sliceOf[bySlice[to]!] === number) to += 1;
    const own = bySlice.subarray(from, to);
    const { item, rowEnds } = pack(
      own.map((part) => parts.tokens[part]!),
      width,
    );
    for (let row = 0, begin = 0; row < rowEnds.length; row += 1) {
      const end = rowEnds[row]!;
      const inRow = Array.from(item.subarray(begin, end), (n) => own[n]!).sort(
        (a, b) => place[a]! - place[b]!,
      );
      listed.set(inRow, at);
      at += inRow.length;
      begin = end;
      ends.push(at);
      slice.push(number);
    }
    from = to;
  }
  return { ends: Uint32Array.from(ends), parts: listed, slice: Uint32Array.from(slice) };
}

/** Visits the pieces of a row. */
function eachPiece({ ends }: Parts, rows: Rows, row: number, visit: (piece: number) => void): void {
  for (let n = row === 0 ? 0 : rows.ends[row - 1]!; n < rows.ends[row]!; n += 1) {
    const part = rows.parts[n]!;
    for (let piece = part === 0 ? 0 : ends[part - 1]!; piece < ends[part]!; piece += 1) visit(piece);
  }
}

function rowGiver({ instances, table }: PhaseInput, parts: Parts, rows: Rows) {
  const takeOf = takenTokens(instances, table.lengths);
  return (row: number, out: RowWriter): void => {
    eachPiece(parts, rows, row, (piece) => {
      const i = parts.instance[piece]!;
      out.add(instances.document[i]!, takeOf(i), parts.start[piece]!, parts.length[piece]!);
    });
    out.endRow();
  };
}

function spreadRows(phase: PhaseInput, parts: Parts, rows: Rows, copyOf: Uint32Array): SpreadRows {
  const { document } = phase.instances;
  const give = rowGiver(phase, parts, rows);
  const copiesIn = (row: number): Copy[] => {
    const found: Copy[] = [];
    eachPiece(parts, rows, row, (piece) => {
      const i = parts.instance[piece]!;
      const isRepeated = document[i - 1] === document[i] || document[i + 1] === document[i];
      if (isRepeated) found.push({ document: document[i]!, copy: copyOf[i]! });
    });
    return found;
  };
  return {
    rows: rows.ends.length,
    pieces: parts.instance.length,
    slice: Int32Array.from(rows.slice, (slice, row) => (copiesIn(row).length > 0 ? slice : anywhere)),
    give: (row, _place, out) => give(row, out),
    copiesIn,
  };
}
