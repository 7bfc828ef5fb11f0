/**
 * The columns of a row, for Arrow and for Hugging Face `datasets` 2.14 to 5.x. The items of lists are marked nullable,
 * though none is null: that is how `datasets` writes them, and before 2.20 it can't index lists whose items are not.
 */
import type { Int32, Schema, Uint16, Uint32 } from 'apache-arrow';
import { arrow } from '../base/arrow.ts';
import type { ShardDtype } from './format.ts';

export function rowSchema(width: number, dtype: ShardDtype, provenance: boolean): Schema {
  const { Field, FixedSizeList, Int32, List, Schema, Uint16, Uint32 } = arrow;
  const id = dtype === 'uint16' ? new Uint16() : new Int32();
  const list = (type: Int32 | Uint16 | Uint32) => new List(new Field('item', type, true));
  const fields = [
    new Field('input_ids', new FixedSizeList(width, new Field('item', id, true)), false),
    new Field('seq_lengths', list(new Int32()), false),
    new Field('padding', new Uint32(), false),
  ];
  if (provenance) {
    fields.push(
      new Field('source_ids', list(new Uint16()), false),
      new Field('doc_ids', list(new Uint32()), false),
      new Field('doc_starts', list(new Uint32()), false),
    );
  }
  return new Schema(fields);
}

/** `dataset_info.json`. `Sequence` and not `List`: releases before 4.0 refuse `List`, later ones read both. */
export function datasetInfo(width: number, dtype: ShardDtype, provenance: boolean): unknown {
  const value = (type: string) => ({ dtype: type, _type: 'Value' });
  const list = (type: string) => ({ feature: value(type), _type: 'Sequence' });
  return {
    citation: '',
    description: '',
    features: {
      input_ids: { feature: value(dtype), length: width, _type: 'Sequence' },
      seq_lengths: list('int32'),
      padding: value('uint32'),
      ...(provenance
        ? { source_ids: list('uint16'), doc_ids: list('uint32'), doc_starts: list('uint32') }
        : {}),
    },
    homepage: '',
    license: '',
  };
}

/** `state.json`. `datasets` keys its caches by `_fingerprint`, so it must differ where the rows do. */
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
