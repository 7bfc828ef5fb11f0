/**
 * Extended grapheme clusters by Unicode 16.0 (UAX 29), independent of the Unicode version of Node: Hugging Face's
 * library looks up clusters in the map of a `Precompiled` normalizer, so their ends decide tokens.
 */
import { graphemeClasses } from './grapheme-tables.ts';

/** Grapheme_Cluster_Break, Extended_Pictographic and Indic_Conjunct_Break in one: no character is in two of these. */
const names = {
  ot: 0,
  cr: 1,
  lf: 2,
  cn: 3,
  ex: 4,
  zw: 5,
  sm: 6,
  pp: 7,
  hl: 8,
  hv: 9,
  ht: 10,
  /** Hangul LV and LVT. */
  hs: 11,
  ri: 12,
  /** Extended_Pictographic. */
  ep: 13,
  /** Consonant (`co`) and linker (`li`, a virama) of a conjunct; the linker is also Extend. */
  co: 14,
  li: 15,
  /** ZERO WIDTH NON-JOINER: Extend, but not inside of a conjunct. */
  zn: 16,
} as const;

let classes: Uint8Array | undefined;

/** The class of each code point. */
function graphemeClassTable(): Uint8Array {
  if (classes !== undefined) return classes;
  classes = new Uint8Array(0x110000);
  let from = 0;
  for (const run of graphemeClasses.trim().split(/\s+/)) {
    const to = from + Number.parseInt(run.slice(2), 36);
    classes.fill(names[run.slice(0, 2) as keyof typeof names], from, to);
    from = to;
  }
  return classes;
}

/** Whether a character may join its neighbours in a cluster. Two characters for which this is false never share one. */
export function mayJoin(point: number): boolean {
  const kind = graphemeClassTable()[point]!;
  return kind !== names.ot && kind !== names.cn && kind !== names.ep && kind !== names.co;
}

/** The state of the cluster that is being read. */
interface Cluster {
  last: number;
  point: number;
  /** Whether it ends with an odd number of regional indicators. */
  flag: boolean;
  /** Extended_Pictographic Extend*, and whether ZWJ follows. */
  picture: 'none' | 'open' | 'joined';
  /** A consonant with extending characters, and whether a linker is among them. */
  conjunct: 'none' | 'open' | 'linked';
}

/**
 * The index after the cluster that begins at character `start`. `pointAt(i)` is a code point, or undefined after the
 * last one.
 */
export function clusterEnd(pointAt: (index: number) => number | undefined, start: number): number {
  const table = graphemeClassTable();
  const first = pointAt(start)!;
  const cluster: Cluster = begin(table[first]!, first);
  for (let at = start + 1; ; at += 1) {
    const point = pointAt(at);
    if (point === undefined) return at;
    const kind = table[point]!;
    if (isBreak(cluster, kind)) return at;
    extend(cluster, kind, point);
  }
}

function begin(kind: number, point: number): Cluster {
  return {
    last: kind,
    point,
    flag: kind === names.ri,
    picture: kind === names.ep ? 'open' : 'none',
    conjunct: kind === names.co ? 'open' : 'none',
  };
}

function extend(cluster: Cluster, kind: number, point: number): void {
  const isExtend = kind === names.ex || kind === names.li || kind === names.zn;
  cluster.last = kind;
  cluster.point = point;
  cluster.flag = kind === names.ri && !cluster.flag;
  if (kind === names.ep) cluster.picture = 'open';
  else if (kind === names.zw && cluster.picture !== 'none')
    cluster.picture = cluster.picture === 'open' ? 'joined' : 'none';
  else if (!isExtend || cluster.picture === 'joined') cluster.picture = 'none';
  if (kind === names.co) cluster.conjunct = 'open';
  else if (kind === names.li && cluster.conjunct !== 'none') cluster.conjunct = 'linked';
  else if (kind !== names.ex && kind !== names.zw) cluster.conjunct = 'none';
}

/** The rules GB3 to GB999, in their order. */
function isBreak(cluster: Cluster, kind: number): boolean {
  const { last } = cluster;
  if (last === names.cr && kind === names.lf) return false;
  if (last === names.cr || last === names.lf || last === names.cn) return true;
  if (kind === names.cr || kind === names.lf || kind === names.cn) return true;
  if (last === names.hl && (kind === names.hl || kind === names.hv || kind === names.hs)) return false;
  const lastIsOpen = last === names.hv || (last === names.hs && (cluster.point - 0xac00) % 28 === 0);
  if (lastIsOpen && (kind === names.hv || kind === names.ht)) return false;
  if ((last === names.ht || last === names.hs) && kind === names.ht) return false;
  if (kind === names.ex || kind === names.zw || kind === names.li || kind === names.zn) return false;
  if (kind === names.sm || last === names.pp) return false;
  if (kind === names.co && cluster.conjunct === 'linked') return false;
  if (kind === names.ep && cluster.picture === 'joined' && last === names.zw) return false;
  return !(kind === names.ri && cluster.flag);
}
