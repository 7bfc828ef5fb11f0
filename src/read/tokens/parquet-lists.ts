/** Reads lists of 64-bit ids in Parquet as numbers: the library would make a bigint of each. */
import type { FileMetaData, SchemaElement } from 'hyparquet';

/**
 * Returns the file's metadata with the 64-bit integers of a column declared as decimals without digits after the point,
 * which the library reads as numbers. Ids that a number can't hold exactly are in no vocabulary.
 * @param column name of a top-level column, or a path into structs
 */
export function withPlainIds(metadata: FileMetaData, column: string): FileMetaData {
  const { schema } = metadata;
  const isTop = topLevel(schema).some((at) => schema[at]!.name === column);
  const first = isTop ? column : column.split('.')[0];
  const from = topLevel(schema).find((at) => schema[at]!.name === first);
  if (from === undefined) return metadata;
  const end = endOf(schema, from);
  return {
    ...metadata,
    schema: schema.map((element, at) => (at >= from && at < end ? plainId(element) : element)),
  };
}

function plainId(element: SchemaElement): SchemaElement {
  if (element.type !== 'INT64' || element.logical_type?.type === 'TIMESTAMP') return element;
  const { logical_type: _, ...stored } = element;
  return { ...stored, converted_type: 'DECIMAL', scale: 0, precision: 18 };
}

function topLevel(schema: readonly SchemaElement[]): number[] {
  const found: number[] = [];
  for (let at = 1; at < schema.length; at = endOf(schema, at)) found.push(at);
  return found;
}

/** The index after an element and all elements inside it. */
function endOf(schema: readonly SchemaElement[], at: number): number {
  let next = at + 1;
  for (let child = 0; child < (schema[at]?.num_children ?? 0) && next < schema.length; child += 1)
    next = endOf(schema, next);
  return next;
}
