/** Finds the fields of records for `longmix init`, by the names that datasets use and a look at the values. */
import { LongmixError } from '../errors.ts';
import type { ReadUnit } from '../nouns/documents.ts';
import { fieldNames, probeFields, sampleUnit } from '../read/input/probe.ts';

export interface FoundFields {
  readonly text: string;
  /** Why no text field could be found; null if one was found, or none is needed. */
  readonly problem: string | null;
  /** null: the default is right, or there are no ids. */
  readonly id: string | null;
}

export const plainFields: FoundFields = { text: 'text', problem: null, id: null };

/** Names of the text field in datasets, the most common first. */
const textFields = [
  'text',
  'content',
  'body',
  'raw_content',
  'article',
  'document',
  'passage',
  'story',
  'markdown',
  'code',
];

/** Names of the id field in datasets, the most explicit first. */
const idFields = [
  'id',
  'doc_id',
  'document_id',
  '_id',
  'uuid',
  'url',
  'uri',
  'path',
  'file_name',
  'filename',
];

/** @param unit of a format that has fields */
export async function findFields(unit: ReadUnit): Promise<FoundFields> {
  const { text, problem } = await findTextField(unit);
  return { text, problem, id: problem === null ? await findIdField(unit, text) : null };
}

/** Tries the names of text fields on the first records of a file. */
async function findTextField(unit: ReadUnit): Promise<Pick<FoundFields, 'text' | 'problem'>> {
  let problem = '';
  for (const name of textFields) {
    const error = await probeFields(unit, { ...unit.source.fields, text: name });
    if (error === null) return { text: name, problem: null };
    if (problem === '') problem = `${unit.name}: ${error.message}`;
    if (error.code !== 'field-missing') break;
  }
  return { text: 'text', problem: problem.replace(/\s+/g, ' ') };
}

/** Finds the first id field, by name, that every record has, with values that never repeat. */
async function findIdField(unit: ReadUnit, text: string): Promise<string | null> {
  const names = await fieldNames(unit);
  for (const id of idFields.filter((name) => name !== text && names.includes(name))) {
    const sample = await sampleUnit(unit, { text, id, source: null });
    if (sample instanceof LongmixError) throw sample;
    const { ids } = sample;
    if (!ids.includes(null) && new Set(ids).size === ids.length) return id === 'id' ? null : id;
  }
  return null;
}

const sourceField = 'source';
const mostSampled = 40;

/**
 * Finds the sources that the records name in a field `source`, sorted. null: they name none, only one, or nearly as
 * many as there are records, as a field of URLs does. Reads the beginnings of up to 40 files from all over the corpus.
 */
export async function findNamedSources(
  units: readonly ReadUnit[],
  { text, problem }: FoundFields,
  most: number,
): Promise<{ readonly field: string; readonly names: readonly string[] } | null> {
  if (problem !== null) return null;
  const step = Math.max(1, units.length / mostSampled);
  const names = new Set<string>();
  let documents = 0;
  for (let at = 0; at < units.length; at += step) {
    const unit = units[Math.floor(at)]!;
    if (!(await fieldNames(unit)).includes(sourceField)) return null;
    const fields = { text, id: 'id', source: sourceField };
    const sample = await sampleUnit(unit, fields);
    if (sample instanceof LongmixError || sample.badRecords > 0) return null;
    for (const name of sample.sources) names.add(name);
    documents += sample.sources.length;
    if (names.size > most) return null;
  }
  return names.size < 2 || 2 * names.size > documents
    ? null
    : { field: sourceField, names: [...names].sort() };
}
