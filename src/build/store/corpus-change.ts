/**
 * What has changed in a corpus since a store was last brought up to date, in one line: `corpus: +120 files, 3 changed,
 * 1 gone: 2.1 % to tokenize`. It is for people, and decides nothing.
 */
import { isUrl } from '../../base/is-url.ts';
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
 * @param hashOf `hashInput`, perhaps of a unit that was hashed before
 */
export async function corpusChange(
  now: readonly SourceNow[],
  before: ReadonlyMap<string, StoredSource>,
  receiptOf: (part: PartRecord) => TokenizeResult | null,
  hashOf: (unit: ReadUnit) => Promise<string>,
): Promise<CorpusChange> {
  const remarks: string[] = [];
  const count = { added: 0, changed: 0, gone: 0 };
  for (const source of now) {
    const then = before.get(source.reading.source);
    if (then === undefined) {
      remarks.push(`source "${source.reading.source}" is new`);
      continue;
    }
    remarks.push(...readingRemarks(then.reading, source.reading));
    await countFiles(source, then, { receiptOf, hashOf }, count);
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

interface FileFacts {
  readonly receiptOf: (part: PartRecord) => TokenizeResult | null;
  readonly hashOf: (unit: ReadUnit) => Promise<string>;
}

async function countFiles(
  { parts, unrecorded }: SourceNow,
  then: StoredSource,
  facts: FileFacts,
  count: { added: number; changed: number; gone: number },
): Promise<void> {
  const recorded = new Map<string, { input: InputRecord; part: PartRecord }[]>();
  for (const part of then.parts) {
    for (const input of part.inputs) {
      const file = recorded.get(input.name);
      if (file === undefined) recorded.set(input.name, [{ input, part }]);
      else file.push({ input, part });
    }
  }
  const files = unitsByName(parts);
  for (const name of recorded.keys()) if (!files.has(name)) count.gone += 1;
  for (const name of files.keys()) if (!recorded.has(name)) count.added += 1;
  // Of a part that is there all files are as they were.
  const stampsOf = new Map<PartRecord, ReadonlyMap<string, string>>();
  const stampIn = (part: PartRecord, name: string) => {
    if (!stampsOf.has(part)) stampsOf.set(part, stampsByName(part, facts.receiptOf(part)));
    return stampsOf.get(part)!.get(name);
  };
  for (const [name, units] of unitsByName(unrecorded)) {
    const file = recorded.get(name);
    if (file === undefined) continue;
    const { input } = file[0]!;
    const isLike =
      files.get(name)!.at(-1)!.end === file.at(-1)!.input.end &&
      units.every((unit) => unit.files[0]!.format === input.format) &&
      extractorOf(units[0]!) === input.extractor;
    const stamp = stampOf(units[0]!);
    const isSame =
      isLike &&
      (file.every(({ part }) => stampIn(part, name) === stamp) || (await sameBytes(units, file, facts)));
    if (!isSame) count.changed += 1;
  }
}

/**
 * Whether files whose stamps differ have the same bytes: they were only touched, and share a part with a file that changed.
 * What lies elsewhere is not fetched for that.
 */
async function sameBytes(
  units: readonly ReadUnit[],
  file: readonly { readonly input: InputRecord }[],
  { hashOf }: FileFacts,
): Promise<boolean> {
  for (const unit of units) {
    const like = file.find(({ input }) => input.start === unit.start && input.end === unit.end);
    if (like === undefined || unit.files.some(({ path }) => isUrl(path))) return false;
    if ((await hashOf(unit)) !== like.input.sha256) return false;
  }
  return true;
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

/** `+120 files, 3 changed`; '': none. */
function changedFiles({ added, changed, gone }: CorpusChange): string {
  const counts = [
    ...(added > 0 ? [`+${counted(added, 'file')}`] : []),
    ...(changed > 0 ? [`${integer(changed)} changed`] : []),
    ...(gone > 0 ? [`${integer(gone)} gone`] : []),
  ];
  return counts.join(', ');
}

export function changeInWords(change: CorpusChange): string {
  const { remarks, missing, text } = change;
  const what = [changedFiles(change), ...remarks].filter((clause) => clause !== '').join('; ');
  const share = missing === 0 ? 'nothing' : percent(missing / Math.max(1, text));
  return `corpus: ${what === '' ? 'some of it is not recorded yet' : what}: ${share} to tokenize`;
}
