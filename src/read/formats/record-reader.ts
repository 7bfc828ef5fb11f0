/**
 * Turns records into documents, for every format with fields. Finds the fields, and counts and samples bad records.
 * Distinguishes a wrong field name (every record lacks it: an error at once) from a bad record (skipped).
 */
import { isUtf8 } from 'node:buffer';
import { didYouMean, nearest } from '../../base/nearest.ts';
import { LongmixError } from '../../errors.ts';
import type { DocumentChunk, FieldValue, ReadCounts, ReadUnit, UnitIds } from '../../nouns/documents.ts';
import { ChunkBuilder } from '../chunk-builder.ts';
import { conversationOf } from '../conversations/conversation.ts';
import { isOtherThanUtf8 } from '../input/judge-text.ts';
import { onlyFile } from '../input/unit-blocks.ts';
import { repairUtf8 } from '../input/utf8.ts';
import { addBadRecord } from '../read-counts.ts';
import { bytesOfIds, documentIds } from '../tokens/token-ids.ts';
import { fieldValue, longNumber } from './field-value.ts';
import { lookup } from './lookup.ts';
import { parseWithDigits } from './parse-json.ts';

/** If so many first records all lack a required field, the field's name is wrong. */
const probeRecords = 20;

/** Fields that a record must have. */
type NeededField = 'text' | 'source';

/** What is known about a record, besides its value. */
interface RecordMore {
  /** The record's JSON text, from which the id keeps all its digits. */
  readonly json?: string;
  /** The id, in place of the one in the value. */
  readonly id?: unknown;
  /**
   * The file's only record. If it lacks the text and the file is one of many, it may be something else: a bad record.
   */
  readonly isSingle?: boolean;
}

/** Of a source that is looked at before its tokenizer is known. */
const anyIds: UnitIds = { vocabularySize: 2 ** 32, bosId: null, eosId: null };

export class RecordReader {
  readonly #unit: ReadUnit;
  readonly #counts: ReadCounts;
  readonly #builder: ChunkBuilder;
  readonly #seen: Record<NeededField, boolean> = { text: false, source: false };
  readonly #lacking: Record<NeededField, number> = { text: 0, source: 0 };
  readonly #fieldsSeen = new Set<string>();
  /** Fields whose values the store keeps. */
  readonly #kept: readonly string[];

  constructor(unit: ReadUnit, counts: ReadCounts, chunkBytes: number) {
    this.#unit = unit;
    this.#counts = counts;
    const { fields, tokens, columns } = unit.source;
    this.#kept = columns?.fields ?? [];
    const [withSources, ofIds] = [fields.source !== null, tokens !== undefined];
    this.#builder = new ChunkBuilder(counts, chunkBytes, withSources, ofIds, this.#kept.length);
  }

  /** Whether `take` would return chunks. */
  get ready(): boolean {
    return this.#builder.ready;
  }

  take(): DocumentChunk[] {
    return this.#builder.take();
  }

  /** @throws LongmixError `field-missing` if no record had the text field, or none had the source field */
  end(): DocumentChunk[] {
    for (const field of ['text', 'source'] as const)
      if (!this.#seen[field] && this.#lacking[field] > 0) this.#failOnField(field);
    return this.#builder.take(true);
  }

  /** Adds a record with its fields. Values may be of any type that JSON or a column can hold. */
  add(record: number, value: unknown, more: RecordMore = {}): void {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.bad(record, `not an object but ${describe(value)}`);
      return;
    }
    const { fields } = this.#unit.source;
    const text = lookup(value, fields.text);
    if (text === undefined) {
      const has = Object.keys(value);
      if (more.isSingle && onlyFile(this.#unit).path !== this.#unit.source.path)
        this.bad(record, `no field "${fields.text}"; it has ${listed(has)}`);
      else this.#lacks(record, 'text', fields.text, has);
      return;
    }
    this.#seen.text = true;
    const source = fields.source === null ? null : lookup(value, fields.source);
    if (source === undefined) {
      this.#lacks(record, 'source', fields.source!, Object.keys(value));
      return;
    }
    this.#seen.source = true;
    const id = this.#idOf(value, more);
    const values = this.#valuesOf(value, more);
    if (this.#unit.source.chat === undefined) this.addFields(record, text, id, source, values);
    else this.#addConversation(record, value, id, values);
  }

  #addConversation(record: number, value: object, id: unknown, values: readonly FieldValue[]): void {
    const { columns } = this.#unit.source.chat!;
    const isOfColumns = ['parquet', 'arrow'].includes(onlyFile(this.#unit).format);
    const conversation = conversationOf(value, columns, isOfColumns);
    if ('reason' in conversation) this.bad(record, conversation.reason);
    else this.#builder.add(JSON.stringify(conversation), { record, id: idOf(id), source: null, values });
  }

  /** Adds a record that is a string, not an object: the text itself. */
  addString(record: number, text: string): void {
    const { fields, chat } = this.#unit.source;
    if (fields.source === null && chat === undefined) this.addFields(record, text, null, null);
    else this.bad(record, `not an object but ${describe(text)}`);
  }

  /**
   * Adds a record whose fields have been found already, as in column formats.
   * @param values of the fields that the source keeps
   */
  addFields(
    record: number,
    text: unknown,
    id: unknown,
    source: unknown,
    values?: readonly FieldValue[],
  ): void {
    const { fields, tokens } = this.#unit.source;
    if (tokens !== undefined) {
      this.#addIdList(record, text, id, source, values);
      return;
    }
    if (typeof text !== 'string' && !(text instanceof Uint8Array)) {
      this.bad(record, `"${fields.text}" is not a string but ${describe(text)}`);
      return;
    }
    if (
      typeof text !== 'string' &&
      this.#unit.source.encoding === null &&
      !isUtf8(text) &&
      isOtherThanUtf8(text)
    ) {
      this.bad(record, `"${fields.text}" is not UTF-8`);
      return;
    }
    const name = this.#sourceName(record, source);
    if (name === undefined) return;
    const bytes = typeof text === 'string' ? text : repairUtf8(text, this.#counts);
    this.#builder.add(bytes, { record, id: idOf(id), source: name, values });
  }

  /** Adds a document of token ids that have been checked. */
  addIds(record: number, ids: Uint32Array): void {
    this.#builder.add(bytesOfIds(ids), { record, id: null, source: null });
  }

  /** Adds a record whose value should be a list of token ids. */
  #addIdList(
    record: number,
    value: unknown,
    id: unknown,
    source: unknown,
    values?: readonly FieldValue[],
  ): void {
    const { ids: facts = anyIds, source: spec } = this.#unit;
    const ids = documentIds(value, spec.fields.text, facts);
    if ('reason' in ids) {
      this.bad(record, ids.reason);
      return;
    }
    const name = this.#sourceName(record, source);
    if (name === undefined) return;
    this.#builder.add(bytesOfIds(ids), { record, id: idOf(id), source: name, values });
  }

  /** The name of the document's source, null if no field names it; undefined: the record is bad, which is counted. */
  #sourceName(record: number, source: unknown): string | null | undefined {
    const { fields } = this.#unit.source;
    if (fields.source === null) return null;
    const name = source instanceof Uint8Array ? decodeName(source) : source;
    if (typeof name === 'string' && name !== '') return name;
    this.bad(record, `"${fields.source}" should name a source, but is ${describe(name)}`);
    return undefined;
  }

  /** Adds a document whose fields have been found and checked; its text is well-formed UTF-8. */
  addText(record: number, text: Uint8Array, id: string | null, source: string | null): void {
    this.#seen.text = true;
    this.#seen.source = true;
    this.#builder.add(text, { record, id, source });
  }

  bad(record: number, reason: string): void {
    addBadRecord(this.#counts, { file: onlyFile(this.#unit).path, start: this.#unit.start, record, reason });
  }

  #idOf(value: object, { json, id }: RecordMore): unknown {
    if (id !== undefined) return id;
    const name = this.#unit.source.fields.id;
    const found = lookup(value, name);
    if (typeof found !== 'number' || json === undefined) return found;
    return lookup(parseWithDigits(json) as object, name);
  }

  #valuesOf(value: object, { json }: RecordMore): readonly FieldValue[] {
    let exact: object | null = null;
    return this.#kept.map((name) => {
      const found = lookup(value, name);
      // A double can't hold every whole number, and two groups must not become one.
      const isLong = typeof found === 'number' && Number.isInteger(found) && !Number.isSafeInteger(found);
      if (!isLong || json === undefined) return fieldValue(found);
      exact ??= parseWithDigits(json) as object;
      return longNumber(found, lookup(exact, name));
    });
  }

  #lacks(record: number, field: NeededField, name: string, has: readonly string[]): void {
    this.bad(record, `no field "${name}"`);
    // Only the beginning of a file is evidence of a wrong name: a later range may consist of a single odd record.
    if (this.#seen[field] || this.#unit.start > 0) return;
    for (const other of has) this.#fieldsSeen.add(other);
    this.#lacking[field] += 1;
    if (this.#lacking[field] >= probeRecords) this.#failOnField(field);
  }

  #failOnField(field: NeededField): never {
    throw fieldMissing(this.#unit, [...this.#fieldsSeen], field);
  }
}

/** An error, not a bad record, because the output must not depend on the memory. */
export function recordTooLarge(where: string, bytes: number): LongmixError {
  return new LongmixError('memory-exceeded', `a record of more than ${Math.floor(bytes / 1e6)} MB`, {
    where,
    cure: 'give more with --memory, or use fewer --workers; a plain text file may be of any size',
    exitCode: 1,
  });
}

export function fieldMissing(
  unit: ReadUnit,
  has: readonly string[],
  field: NeededField = 'text',
): LongmixError {
  const { name, fields } = unit.source;
  const [key, holds] = field === 'text' ? mainKey(unit) : ['source', "names each record's source"];
  const near = didYouMean(nearest(fields[field]!, has));
  return new LongmixError(
    'field-missing',
    `no field "${fields[field]}"; the records have ${listed(has)}${near}`,
    {
      where: onlyFile(unit).path,
      cure: isOtherTable(unit, has)
        ? 'longmix reads tables with commas (csv) or tabs (tsv) between the fields'
        : `say which field ${holds}: source "${name}", ${key}: NAME`,
      names: has,
    },
  );
}

/** The recipe's key for the field that each record must have, and what that field does. */
function mainKey({ source: { tokens, chat } }: ReadUnit): [key: string, holds: string] {
  if (tokens !== undefined) return ['tokens', 'holds the token ids'];
  if (chat === undefined) return ['text', 'holds the text'];
  if ('messages' in chat.columns) return ['messages', 'holds the messages'];
  return 'prompt' in chat.columns ? ['completion', 'holds the completion'] : ['answer', 'holds the answer'];
}

/** If a table has another delimiter, its whole first line becomes a single name. */
function isOtherTable(unit: ReadUnit, has: readonly string[]): boolean {
  const { format } = onlyFile(unit);
  return (format === 'csv' || format === 'tsv') && has.length === 1 && /[;|\t,]/.test(has[0]!);
}

const mostNames = 20;

function listed(names: readonly string[]): string {
  if (names.length === 0) return 'no fields at all';
  const shown = names.slice(0, mostNames).map((name) => `"${clipped(name)}"`);
  const more = names.length > mostNames ? `, and ${names.length - mostNames} more` : '';
  return `${shown.join(', ')}${more}`;
}

/** Shortens a name: it may be a whole line of the corpus, which would fill the screen. */
function clipped(name: string): string {
  return name.length > 100 ? `${name.slice(0, 100)}…` : name;
}

function idOf(id: unknown): string | null {
  if (typeof id === 'string') return id;
  if (typeof id === 'number' || typeof id === 'bigint') return String(id);
  return id instanceof Uint8Array ? decodeName(id) : null;
}

function decodeName(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString();
}

function describe(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (value === '') return 'empty';
  return Array.isArray(value) ? 'an array' : `of type ${typeof value}`;
}
