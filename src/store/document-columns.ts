/**
 * The optional columns of a part's index, in one list: what a source's documents carry beside their tokens. A source that
 * asks for none has the index without them, byte for byte. A column is added here once: its name, how it is written while
 * the part is made, and how it is read.
 *
 *   field:NAME   a field of the records. float64 (NaN: no value) if every value of the part is a number that can be
 *                written back as it was, else dictionary utf8. Which of the two a recipe means follows from its use, so a
 *                reader asks for numbers or for texts and gets them of either form.
 *   compressibility  float64: compressed over plain bytes of the text; NaN: the document is too short, or has no text
 *   learned      list u32, of conversations: ends of runs of tokens that are, in turn, not learned and learned, up to the
 *                last learned token. A text, which has no such column, is learned whole.
 */
import type { Data, Dictionary, Float64, Int32, RecordBatch, Utf8, Vector } from 'apache-arrow';
import { arrow } from '../base/arrow.ts';
import type { SourceColumns } from '../nouns/carried.ts';
import type { FieldValue } from '../nouns/documents.ts';
import { noText, type TextColumn } from '../nouns/tokens.ts';
import { learnedPartColumn } from './learned.ts';
import { createNames, type Names, nameList } from './names.ts';
import type { PartColumn } from './part-column.ts';

/** The columns that a part of this source has. @param isChat the source holds conversations */
export function partColumns(columns: SourceColumns | undefined, isChat: boolean = false): PartColumn[] {
  return [
    ...(columns?.fields.map(fieldColumn) ?? []),
    ...(columns?.compressibility === undefined ? [] : [compressibilityColumn()]),
    ...(isChat ? [learnedPartColumn()] : []),
  ];
}

/** @param at index of the field among those that the source keeps */
function fieldColumn(field: string, at: number): PartColumn {
  const column = createFieldColumn();
  return {
    name: `field:${field}`,
    isNullable: true,
    add({ fields, lengths }) {
      const values = fields?.[at];
      for (let d = 0; d < lengths.length; d += 1) column.add(values?.[d] ?? null);
    },
    vector: (dictionaryId) => column.vector(dictionaryId),
  };
}

function compressibilityColumn(): PartColumn {
  const column = createFieldColumn();
  return {
    name: 'compressibility',
    isNullable: true,
    add({ compressibility, lengths }) {
      for (let d = 0; d < lengths.length; d += 1) column.add(compressibility?.[d] ?? Number.NaN);
    },
    vector: (dictionaryId) => column.vector(dictionaryId),
  };
}

function createFieldColumn(): { add(value: FieldValue): void; vector(dictionaryId: number): Vector } {
  let numbers = new Float64Array(1024);
  let count = 0;
  /** null: all values so far are numbers. */
  let texts: Names | null = null;
  return {
    add(value) {
      const number = asStored(value);
      if (texts === null && number === null) {
        texts = createNames();
        for (let d = 0; d < count; d += 1) texts.add(textOf(numbers[d]!), 1);
        numbers = new Float64Array(0);
      }
      if (texts !== null) texts.add(typeof value === 'number' ? textOf(value) : value, 1);
      else {
        if (count === numbers.length) {
          const larger = new Float64Array(2 * count);
          larger.set(numbers);
          numbers = larger;
        }
        numbers[count] = number!;
      }
      count += 1;
    },
    vector: (dictionaryId) =>
      texts === null ? arrow.makeVector(numbers.subarray(0, count)) : texts.vector(dictionaryId),
  };
}

/** NaN: no value. null: a text, or a number that would be written in another way than it was. */
function asStored(value: FieldValue): number | null {
  if (value === null) return Number.NaN;
  if (typeof value === 'number') return value;
  const number = Number(value);
  return value !== '' && Number.isFinite(number) && String(number) === value ? number : null;
}

function textOf(number: number): string | null {
  return Number.isNaN(number) ? null : String(number);
}

const decimal = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/;

/** The number that a text is; NaN: it is none, or too large. */
export function numberIn(text: string): number {
  const number = decimal.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(number) ? number : Number.NaN;
}

type FieldData = Data<Float64> | Data<Dictionary<Utf8, Int32>>;

/** Copies a column of an index as numbers to `into`, from `at` on; without such a column there are none. */
export function readNumbers(batch: RecordBatch, name: string, into: Float64Array, at: number): void {
  const data = batch.getChild(name)?.data[0] as FieldData | undefined;
  if (data === undefined) into.fill(Number.NaN, at, at + batch.numRows);
  else if (data.dictionary === undefined) into.set(data.values as Float64Array, at);
  else {
    const numbers = nameList(data.dictionary).map(numberIn);
    for (let d = 0; d < batch.numRows; d += 1)
      into[at + d] = data.getValid(d) ? numbers[data.values[d]!]! : Number.NaN;
  }
}

/** Collects a column of several indexes as texts. */
export function createTextColumn(count: number): TextColumn & {
  read(batch: RecordBatch, name: string, at: number): void;
} {
  const values: string[] = [];
  const numbers = new Map<string, number>();
  const index = new Uint32Array(count).fill(noText);
  const numberOf = (value: string) => {
    let number = numbers.get(value);
    if (number === undefined) {
      number = values.length;
      values.push(value);
      numbers.set(value, number);
    }
    return number;
  };
  return {
    values,
    index,
    read(batch, name, at) {
      const data = batch.getChild(name)?.data[0] as FieldData | undefined;
      if (data === undefined) return;
      if (data.dictionary === undefined) {
        for (let d = 0; d < batch.numRows; d += 1) {
          const text = textOf(data.values[d]!);
          if (text !== null) index[at + d] = numberOf(text);
        }
        return;
      }
      const local = nameList(data.dictionary);
      for (let d = 0; d < batch.numRows; d += 1)
        if (data.getValid(d)) index[at + d] = numberOf(local[data.values[d]!]!);
    },
  };
}
