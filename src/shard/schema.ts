/**
 * The schema of a row, for Arrow and for Hugging Face `datasets` 2.14 to 5.x. Items of lists are marked nullable
 * although none is null: `datasets` writes them so, and before 2.20 it can't index lists whose items are not nullable.
 */
import type { Field, Schema } from 'apache-arrow';
import { arrow } from '../base/arrow.ts';
import type { ShardDtype } from './format.ts';
import { columnsOf, type RowColumn, type SetColumns } from './row-columns.ts';

export function rowSchema(width: number, dtype: ShardDtype, columns: SetColumns): Schema {
  return new arrow.Schema(columnsOf(columns).map((column) => rowField(column, width, dtype)));
}

export function rowField({ name, shape, type }: RowColumn, width: number, dtype: ShardDtype): Field {
  const { Field, FixedSizeList, Int32, List, Uint8, Uint16, Uint32 } = arrow;
  const value = new { uint8: Uint8, uint16: Uint16, int32: Int32, uint32: Uint32 }[
    type === 'ids' ? dtype : type
  ]();
  if (shape === 'number') return new Field(name, value, false);
  const item = new Field('item', value, true);
  return new Field(name, shape === 'list' ? new List(item) : new FixedSizeList(width, item), false);
}

/**
 * Contents of `dataset_info.json`. Uses `Sequence`, because releases before 4.0 refuse `List`; later ones read both.
 */
export function datasetInfo(width: number, dtype: ShardDtype, columns: SetColumns): unknown {
  const features = columnsOf(columns).map(({ name, shape, type }) => {
    const value = { dtype: type === 'ids' ? dtype : type, _type: 'Value' };
    if (shape === 'number') return [name, value];
    return [name, { feature: value, ...(shape === 'tokens' ? { length: width } : {}), _type: 'Sequence' }];
  });
  return {
    citation: '',
    description: '',
    features: Object.fromEntries(features) as unknown,
    homepage: '',
    license: '',
  };
}

/** Contents of `state.json`. `datasets` keys its caches by `_fingerprint`, so it must differ if the rows differ. */
export function datasetState(split: string, shards: readonly string[], fingerprint: string): unknown {
  return {
    _data_files: shards.map((filename) => ({ filename })),
    _fingerprint: fingerprint.slice(0, 16),
    _format_columns: null,
    _format_kwargs: {},
    _format_type: null,
    _output_all_columns: false,
    _split: split,
  };
}
