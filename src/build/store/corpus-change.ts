/**
 * What has changed in a corpus since a store was last brought up to date, in one line: `corpus: +120 files, 3 changed,
 * 1 gone: 2.1 % to tokenize`. It is for people, and decides nothing.
 */
import { counted, integer, percent } from '../../base/words.ts';
import type { TokenizeResult } from '../../execute/part-notes.ts';
import { stampOf } from '../../execute/part-notes.ts';
import type { ReadUnit } from '../../nouns/documents.ts';
import { extractorOf } from '../../read/formats.ts';
import type { InputRecord, PartRecord, SourceReading } from '../../store/format.ts';
import type { StoredSource } from '../../store/view.ts';
import type { PlannedPart } from './find-parts.ts';
import { textBytes } from './parts.ts';
import { inWords, sameReading } from './store-match.ts';

/** A source as the recipe has it now. */
export interface SourceNow {
  readonly reading: SourceReading;
  readonly parts: readonly PlannedPart[];
  /** Of these the ones that the store lacks. */
  readonly missing: readonly PlannedPart[];
  /** And those that its record does not list. */
  readonly unrecorded: readonly PlannedPart[];
}

export interface CorpusChange {
  readonly added: number;
  readonly changed: number;
  readonly gone: number;
  /** What else is not as it was, a clause each. */
  readonly remarks: readonly string[];
  /** About how much text is to be tokenized, of all there is. In bytes. */
  readonly missing: number;
  readonly text: number;
}

/**
 * @param before the store's sources by name
 * @param receiptOf of a recorded part, for the stamps that its inputs had; null: it is gone
 */
export function corpusChange(
  now: readonly SourceNow[],
  before: ReadonlyMap<string, StoredSource>,
  receiptOf: (part: PartRecord) => TokenizeResult | null,
): CorpusChange {
  const remarks: string[] = [];
  const count = { added: 0, changed: 0, gone: 0 };
  for (const source of now) {
    const then = before.get(source.reading.source);
    if (then === undefined) {
      remarks.push(`source "${source.reading.source}" is new`);
      continue;
    }
    remarks.push(...readingRemarks(then.reading, source.reading));
    countFiles(source, then, receiptOf, count);
  }
  const bytesOf = (parts: readonly PlannedPart[]) => textBytes(parts.flatMap(({ units }) => units));
  return {
    ...count,
    remarks,
    missing: bytesOf(now.flatMap(({ missing }) => missing)),
    text: bytesOf(now.flatMap(({ parts }) => parts)),
  };
}

function readingRemarks(then: SourceReading, now: SourceReading): string[] {
  if (!sameReading(then, now))
    return [`source "${now.source}" was read with ${inWords(then)}, and is now read with ${inWords(now)}`];
  if (then.partBytes === now.partBytes) return [];
  const what = now.partBytes > then.partBytes ? 'has outgrown' : 'is too small for';
  return [
    `source "${now.source}" ${what} parts of ${integer(then.partBytes / 2 ** 20)} MiB, and is cut anew`,
  ];
}

function countFiles(
  { parts, unrecorded }: SourceNow,
  then: StoredSource,
  receiptOf: (part: PartRecord) => TokenizeResult | null,
  count: { added: number; changed: number; gone: number },
): void {
  const recorded = new Map<string, { inputs: InputRecord[]; parts: Set<PartRecord> }>();
  for (const part of then.parts) {
    for (const input of part.inputs) {
      const file = recorded.get(input.name);
      if (file === undefined) recorded.set(input.name, { inputs: [input], parts: new Set([part]) });
      else {
        file.inputs.push(input);
        file.parts.add(part);
      }
    }
  }
  const files = unitsByName(parts);
  for (const name of recorded.keys()) if (!files.has(name)) count.gone += 1;
  for (const name of files.keys()) if (!recorded.has(name)) count.added += 1;
  // Of a part that is there all files are as they were.
  const stampsOf = new Map<PartRecord, ReadonlyMap<string, string>>();
  for (const [name, units] of unitsByName(unrecorded)) {
    const file = recorded.get(name);
    if (file === undefined) continue;
    const all = files.get(name)!;
    const isSame =
      all.at(-1)!.end === file.inputs.at(-1)!.end &&
      units.every((unit) => unit.files[0]!.format === file.inputs[0]!.format) &&
      extractorOf(units[0]!) === file.inputs[0]!.extractor &&
      [...file.parts].every((part) => {
        if (!stampsOf.has(part)) stampsOf.set(part, stampsByName(part, receiptOf(part)));
        return stampsOf.get(part)!.get(name) === stampOf(units[0]!);
      });
    if (!isSame) count.changed += 1;
  }
}

function unitsByName(parts: readonly PlannedPart[]): Map<string, ReadUnit[]> {
  const names = new Map<string, ReadUnit[]>();
  for (const unit of parts.flatMap(({ units }) => units)) {
    const before = names.get(unit.name);
    if (before === undefined) names.set(unit.name, [unit]);
    else before.push(unit);
  }
  return names;
}

function stampsByName({ inputs }: PartRecord, receipt: TokenizeResult | null): ReadonlyMap<string, string> {
  return new Map(inputs.map(({ name }, i) => [name, receipt?.stamps[i] ?? '']));
}

export function changeInWords({ added, changed, gone, remarks, missing, text }: CorpusChange): string {
  const counts = [
    ...(added > 0 ? [`+${counted(added, 'file')}`] : []),
    ...(changed > 0 ? [`${integer(changed)} changed`] : []),
    ...(gone > 0 ? [`${integer(gone)} gone`] : []),
  ];
  const what = [counts.join(', '), ...remarks].filter((clause) => clause !== '').join('; ');
  const share = missing === 0 ? 'nothing' : percent(missing / Math.max(1, text));
  return `corpus: ${what === '' ? 'some of it is not recorded yet' : what}: ${share} to tokenize`;
}
