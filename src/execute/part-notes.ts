/**
 * What a part is called, and how a finished one is found again without reading its inputs.
 *
 * A part is named by all that went into it: `part-` and 16 hex digits of a hash over the tokenizer, what decides how its
 * units are read, and the sha256 of each unit. Two notes in `.longmix/` of the store tell of it:
 *
 *   part-0123456789abcdef.json    its receipt: the files, and what came of the task
 *   units-fedcba9876543210.json   named by the same hash without the bytes of the inputs: which part a planned one became
 *                                 last time, and the stamps that its inputs had. Equal stamps: it is that part.
 */

import { fingerprint } from '../base/fingerprint.ts';
import type { BadRecord, FileFault, InputFile, ReadUnit } from '../nouns/documents.ts';
import { extractorOf } from '../read/formats.ts';
import { makeFolder, writeFile } from '../storage/commit.ts';
import { readJson, removeFile } from '../storage/files.ts';
import { join } from '../storage/paths.ts';
import { findReceipt, notesFolder, removeReceipt } from '../storage/receipt.ts';
import { withoutCommit } from '../storage/remote/address.ts';
import type { RemoteStorage } from '../storage/remote/remote-storage.ts';
import type { Storage } from '../storage/storage.ts';
import { type PartRecord, type StoreDtype, storeVersion } from '../store/format.ts';

/** What of a job decides its parts. */
export interface PartSetting {
  /** Of the tokenizer. */
  readonly fingerprint: string;
  readonly dtype: StoreDtype;
}

/** Units that are to be a part. */
export interface PlannedUnits {
  readonly units: readonly ReadUnit[];
  /** `stampOf` each unit, as its files were when they were found. */
  readonly stamps: readonly string[];
}

/** What came of the task that made a part. */
export interface TokenizeResult {
  readonly part: PartRecord;
  /** The recipe's sources of which a record had an id. */
  readonly identified: readonly string[];
  /** Files, or joined directories, with sequences that were no UTF-8, and how many each has. */
  readonly malformed: readonly { readonly path: string; readonly count: number }[];
  readonly badSamples: readonly BadRecord[];
  readonly fileFaults: readonly FileFault[];
  /** Of each of its inputs, when it was found. */
  readonly stamps: readonly string[];
}

/** Of `TokenizeResult`, which receipts hold: a part that has a receipt of another is made again. */
const resultVersion = 4;
/** 64 bits: of a million parts, two share a name with a chance of one in 30 million. */
const nameDigits = 16;

/** Of all that goes into a part. @param hashes of its units */
export function madeOf(
  { fingerprint: tokenizer, dtype }: PartSetting,
  units: readonly ReadUnit[],
  hashes: readonly string[],
): string {
  return fingerprint([storeVersion, resultVersion, tokenizer, dtype, units.map(unitSpec), hashes]);
}

export function partName(made: string): string {
  return `part-${made.slice(0, nameDigits)}`;
}

/** Name of the note that leads from planned units to their part. */
export function plannedName(
  { fingerprint: tokenizer, dtype }: PartSetting,
  units: readonly ReadUnit[],
): string {
  const print = fingerprint([storeVersion, resultVersion, tokenizer, dtype, units.map(unitSpec)]);
  return `units-${print.slice(0, nameDigits)}`;
}

/**
 * What tells from outside whether the files of a unit are as they were; '': nothing does, because a web server gives a file
 * no version.
 */
export function stampOf({ files }: Pick<ReadUnit, 'files'>): string {
  if (files.some(({ stamp }) => stamp === '')) return '';
  const facts = files.map(({ path, bytes, stamp }: InputFile) => [withoutCommit(path), bytes, stamp]);
  return fingerprint(facts).slice(0, nameDigits);
}

export interface PartNote {
  /** `madeOf` the part. */
  readonly made: string;
  /** Of each unit, in order. */
  readonly stamps: readonly string[];
}

/** What these units became last time, whatever their stamps; null: nothing is known. */
export function readPartNote(
  folder: string,
  setting: PartSetting,
  units: readonly ReadUnit[],
): PartNote | null {
  try {
    return readJson(noteFile(folder, plannedName(setting, units))) as PartNote;
  } catch {
    return null;
  }
}

/** Where nothing can be written, the inputs are hashed again next time. */
export function leavePartNote(
  folder: string,
  setting: PartSetting,
  { units, stamps }: PlannedUnits,
  made: string,
): void {
  const note: PartNote = { made, stamps };
  makeFolder(join(folder, notesFolder));
  writeFile(noteFile(folder, plannedName(setting, units)), JSON.stringify(note), false);
}

/**
 * The same in a bucket, before the part's files are there: so a note names what an interruption leaves, and the receipt
 * comes last.
 */
export async function leaveFarNote(
  storage: Storage,
  setting: PartSetting,
  { units, stamps }: PlannedUnits,
  made: string,
): Promise<void> {
  const note: PartNote = { made, stamps };
  const name = `${notesFolder}/${plannedName(setting, units)}.json`;
  await (storage as RemoteStorage).replace(name, Buffer.from(JSON.stringify(note)));
}

/** The part of these units, if the stamps say that it is finished. Reads none of the inputs. */
export function findPlanned(
  folder: string,
  setting: PartSetting,
  planned: PlannedUnits,
): TokenizeResult | null {
  const note = readPartNote(folder, setting, planned.units);
  if (note === null || !sameStamps(note.stamps, planned.stamps)) return null;
  return findPart(folder, note.made);
}

export function findPart(folder: string, made: string): TokenizeResult | null {
  return findReceipt<TokenizeResult>(folder, partName(made), made);
}

export function sameStamps(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((stamp, i) => stamp !== '' && stamp === b[i]);
}

/** So that these units are tokenized again. */
export function forgetPart(folder: string, setting: PartSetting, units: readonly ReadUnit[]): void {
  const note = readPartNote(folder, setting, units);
  if (note === null) return;
  removeReceipt(folder, partName(note.made));
  removeFile(noteFile(folder, plannedName(setting, units)));
}

function noteFile(folder: string, name: string): string {
  return join(folder, notesFolder, `${name}.json`);
}

/** What of a unit decides its documents, places on this machine left out. */
function unitSpec(unit: ReadUnit): unknown {
  const { source, name, files, start, end, joined, ids, chat } = unit;
  const { fields, separator, encoding, quote, command, tokens, columns } = source;
  const taken = [extractorOf(unit), command, ids, tokens?.dtype ?? undefined, chat, columns].filter(
    (by) => by !== undefined,
  );
  const inputs = files.map((file) => [file.name, file.format, file.compression]);
  return [
    source.name,
    fields,
    joined ? separator : null,
    encoding,
    quote,
    name,
    inputs,
    start,
    end,
    ...taken,
  ];
}
