/**
 * Which planned parts a store has already. What the stamps of the inputs answer is answered without reading them. Where only
 * stamps differ (files that were touched, or copied with the store), the inputs in question are hashed, and the part is
 * found by its name. Everything else is new: its inputs are read once, when they are tokenized.
 */

import { isUrl } from '../../base/is-url.ts';
import type { TokenizeResult } from '../../execute/part-notes.ts';
import {
  findPart,
  leavePartNote,
  madeOf,
  type PartSetting,
  type PlannedUnits,
  partName,
  readPartNote,
  sameStamps,
  stampOf,
} from '../../execute/part-notes.ts';
import type { ReadUnit } from '../../nouns/documents.ts';
import { hashInput } from '../../read/input/hash-input.ts';
import { readJson } from '../../storage/files.ts';
import { join } from '../../storage/paths.ts';
import { notesFolder, type Receipt } from '../../storage/receipt.ts';
import type { PartRecord, StoreManifest } from '../../store/format.ts';

/** A part that is to be there: which source's, and of what. */
export interface PlannedPart extends PlannedUnits {
  readonly source: string;
}

export interface FoundPart {
  readonly part: PartRecord;
  /** What came of its task; null: the store's record has the part, so all of it was told before. */
  readonly result: TokenizeResult | null;
}

export interface NamedPart extends FoundPart {
  /** `madeOf` it. */
  readonly made: string;
}

export function plannedPart(units: readonly ReadUnit[]): PlannedPart {
  return { source: units[0]!.source.name, units, stamps: units.map(stampOf) };
}

/** A store to look in. */
export interface PartSource {
  readonly folder: string;
  find(planned: PlannedPart): Promise<NamedPart | null>;
}

/**
 * @param manifest its record, of this tokenizer; null: it has none
 * @param isOurs what is learned of inputs is noted there
 * @param hashOf `hashInput`, which may remember
 */
export function partsIn(
  folder: string,
  manifest: StoreManifest | null,
  setting: PartSetting,
  isOurs: boolean,
  hashOf: (unit: ReadUnit) => Promise<string> = hashInput,
): PartSource {
  const recorded = new Map(manifest?.parts.map((part) => [part.name, part]));
  let byShape: ReadonlyMap<string, PartRecord> | null = null;
  /** By what a record says of units: it serves where the notes are gone, as in a store that was copied without them. */
  const likeUnits = (units: readonly ReadUnit[]) => {
    byShape ??= new Map(manifest?.parts.map((part) => [shapeOf(part.inputs), part]));
    return byShape.get(shapeOf(units.map(inputOf)));
  };
  const find = (made: string): NamedPart | null => {
    const part = recorded.get(partName(made));
    if (part !== undefined) return { made, part, result: null };
    const result = findPart(folder, made);
    return result === null ? null : { made, part: result.part, result };
  };
  return {
    folder,
    async find(planned) {
      const { units, stamps } = planned;
      const note = readPartNote(folder, setting, units);
      const earlier = note === null ? null : find(note.made);
      if (note !== null && earlier !== null && sameStamps(note.stamps, stamps)) return earlier;
      const like = earlier?.part ?? likeUnits(units);
      if (like === undefined) return null;
      const hashes: string[] = [];
      for (const [i, unit] of units.entries()) {
        const isKnown = earlier !== null && stamps[i] !== '' && note?.stamps[i] === stamps[i];
        // What lies elsewhere is not fetched only to be compared. It counts as the same where its etag is, and where none
        // was noted, because the store was copied, where its size is.
        const isFar = unit.files.some(({ path }) => isUrl(path));
        if (isFar && !isKnown && note !== null) return null;
        hashes.push(isKnown || isFar ? like.inputs[i]!.sha256 : await hashOf(unit));
      }
      const made = madeOf(setting, units, hashes);
      const found = find(made);
      if (found !== null && isOurs) leaveNote(folder, setting, planned, made);
      return found;
    },
  };
}

/** What came of a part that the store's record names, for messages; null: its receipt is gone. */
export function receiptOf(folder: string, name: string): TokenizeResult | null {
  try {
    return (readJson(join(folder, notesFolder, `${name}.json`)) as Receipt).result as TokenizeResult | null;
  } catch {
    return null;
  }
}

/** Where nothing can be written, the inputs are hashed again next time. */
function leaveNote(folder: string, setting: PartSetting, planned: PlannedPart, made: string): void {
  try {
    leavePartNote(folder, setting, planned, made);
  } catch {}
}

type Shape = readonly {
  readonly source: string;
  readonly name: string;
  readonly start: number;
  readonly end: number;
}[];

function shapeOf(inputs: Shape): string {
  return JSON.stringify(inputs.map(({ source, name, start, end }) => [source, name, start, end]));
}

function inputOf({ source, name, start, end }: ReadUnit): Shape[number] {
  return { source: source.name, name, start, end };
}
