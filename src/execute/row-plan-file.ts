/**
 * A row plan in a file, for processes that did not make the plan: `.longmix/jobs/SET.rows` in a build's folder. A task
 * reads only the rows that it writes, so a worker's memory does not grow with the plan.
 *
 * It is a file of columns (`storage/columns-file.ts`); its `about` says
 *   format "longmix-row-plan", version 1, fingerprint (of the build's plan), set, width, rows, bos, eos, repeats
 * and the columns are those of `RowPlan`:
 *   rowEnds   u32        one past the last piece of each row
 *   cutEnds   u32        one past the last cut of each row, so that a row's cuts are found without a search
 *   document  u32        one per piece
 *   length    u16 | u32  one per piece (u16 if the width allows it)
 *   groups    u32        one per piece, only if documents have groups (`about.groups`)
 *   cutPiece, cutStart, cutTake   u32   one per cut
 *   fimEnds   u32        one past the last of each row's pieces with fill-in-the-middle; these two only if there are any
 *   fimPiece  u32        one per such piece
 */
import { LongmixError, systemReason } from '../errors.ts';
import type { RowPlan } from '../nouns/rows.ts';
import { type ColumnsFile, DamagedColumns, openColumns, writeColumns } from '../storage/columns-file.ts';

const format = 'longmix-row-plan';
const version = 1;

interface About extends Pick<RowPlan, 'width' | 'rows' | 'bos' | 'eos' | 'repeats'> {
  readonly format: typeof format;
  readonly version: typeof version;
  readonly fingerprint: string;
  readonly set: string;
  readonly fim?: true;
  readonly groups?: true;
}

/** Identifies a plan, so that the file of another plan is never taken for it. */
export interface PlanIdentity {
  readonly fingerprint: string;
  readonly set: string;
}

/** @throws LongmixError `output-unwritable` */
export function writeRowPlan(path: string, plan: RowPlan, { fingerprint, set }: PlanIdentity): void {
  const { width, rows, bos, eos, repeats, rowEnds, document, length, cuts, groups } = plan;
  const own = plan.fim;
  const about: About = {
    ...{ format, version, fingerprint, set, width, rows, bos, eos, repeats },
    ...(own === undefined ? {} : { fim: true }),
    ...(groups === undefined ? {} : { groups: true }),
  };
  writeColumns(path, about, {
    ...{ rowEnds, cutEnds: endsOf(plan, cuts.piece), document, length },
    ...{ cutPiece: cuts.piece, cutStart: cuts.start, cutTake: cuts.take },
    ...(groups === undefined ? {} : { groups }),
    ...(own === undefined ? {} : { fimEnds: endsOf(plan, own), fimPiece: own }),
  });
}

/** One past the last of each row's pieces in an ascending list. */
function endsOf({ rows, rowEnds }: RowPlan, piece: Uint32Array): Uint32Array {
  const ends = new Uint32Array(rows);
  let cut = 0;
  for (let row = 0; row < rows; row += 1) {
    while (cut < piece.length && piece[cut]! < rowEnds[row]!) cut += 1;
    ends[row] = cut;
  }
  return ends;
}

export interface RowPlanFile {
  readonly rows: number;
  /**
   * Rows [first, end) as a plan of their own, whose row 0 is the row `first`.
   * @throws LongmixError `row-plan-damaged`
   */
  take(first: number, end: number): RowPlan;
  close(): void;
}

/** @throws LongmixError `row-plan-missing` | `row-plan-damaged` | `job-stale` if it is the plan of something else */
export function openRowPlan(path: string, identity: PlanIdentity): RowPlanFile {
  const file = open(path);
  try {
    const about = file.about as Partial<About> | null;
    if (about?.format !== format || about.version !== version)
      throw damaged(path, `it is not a row plan of version ${version}`);
    if (about.fingerprint !== identity.fingerprint || about.set !== identity.set) {
      throw new LongmixError('job-stale', `this is the row plan of another build: ${path}`, {
        cure: 'the build was planned anew: run the tasks of its new list, which the build command names',
      });
    }
    const known = about as About;
    return {
      rows: known.rows,
      take: (first, end) => orDamaged(path, () => takeRows(file, known, first, end)),
      close: () => file.close(),
    };
  } catch (error) {
    file.close();
    throw error;
  }
}

/** Whether a file holds this plan. Looks only at the header. */
export function hasRowPlan(path: string, identity: PlanIdentity): boolean {
  try {
    openRowPlan(path, identity).close();
    return true;
  } catch (error) {
    if (error instanceof LongmixError) return false;
    throw error;
  }
}

function takeRows(file: ColumnsFile, about: About, first: number, end: number): RowPlan {
  const { width, bos, eos, repeats, groups } = about;
  /** `own`: ends of the rows, relative to `begin`, where row `first` begins. `count`: the last end. */
  const rowsOf = (name: string) => {
    const ends = file.read(name, Math.max(0, first - 1), end) as Uint32Array;
    const begin = first === 0 ? 0 : ends[0]!;
    const own = first === 0 ? ends : ends.subarray(1);
    for (let row = 0; row < own.length; row += 1) own[row]! -= begin;
    return { begin, own, count: own.at(-1) ?? 0 };
  };
  const pieces = rowsOf('rowEnds');
  const cuts = rowsOf('cutEnds');
  const ofPieces = (name: string) => file.read(name, pieces.begin, pieces.begin + pieces.count);
  const ofCuts = (name: string) => file.read(name, cuts.begin, cuts.begin + cuts.count) as Uint32Array;
  const piece = ofCuts('cutPiece');
  for (let cut = 0; cut < piece.length; cut += 1) piece[cut]! -= pieces.begin;
  const fim = about.fim === true ? rowsOf('fimEnds') : null;
  const fimPiece =
    fim === null ? null : (file.read('fimPiece', fim.begin, fim.begin + fim.count) as Uint32Array);
  for (let i = 0; i < (fimPiece?.length ?? 0); i += 1) fimPiece![i]! -= pieces.begin;
  return {
    ...(fimPiece === null ? {} : { fim: fimPiece }),
    ...{ width, rows: end - first, bos, eos, repeats },
    rowEnds: pieces.own,
    document: ofPieces('document') as Uint32Array,
    length: ofPieces('length'),
    cuts: { piece, start: ofCuts('cutStart'), take: ofCuts('cutTake') },
    ...(groups === true ? { groups: ofPieces('groups') as Uint32Array } : {}),
  };
}

function open(path: string): ColumnsFile {
  try {
    return openColumns(path);
  } catch (cause) {
    if (cause instanceof DamagedColumns) throw damaged(path, cause.message, cause);
    throw new LongmixError('row-plan-missing', `cannot read the row plan ${path}: ${systemReason(cause)}`, {
      cure: 'run the build command again: it writes what is missing',
      cause,
    });
  }
}

function orDamaged<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (cause) {
    throw cause instanceof DamagedColumns ? damaged(path, cause.message, cause) : cause;
  }
}

function damaged(path: string, what: string, cause?: unknown): LongmixError {
  return new LongmixError('row-plan-damaged', `damaged row plan: ${path}: ${what}`, {
    cure: 'remove it and run the build command again: it writes the plan anew',
    exitCode: 1,
    cause,
  });
}
