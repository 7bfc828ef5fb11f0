/** Names of keys in other tools, with our name for each, so that a user need not guess twice. */
const named: Readonly<Record<string, string>> = {
  '`sequences.length`':
    'seq_length sequence_length seq_len max_seq_length max_seq_len context_length context_size context block_size row_length',
  '`sequences.packing`': 'pack packer packing_strategy',
  '`sequences.eos`': 'add_eos append_eos eos_token',
  '`sequences.bos`': 'add_bos prepend_bos bos_token',
  '`sources`': 'dataset datasets corpus corpora data input inputs files',
  '`sources.NAME.path`': 'file dir directory folder glob data_files data_dir url',
  '`sources.NAME.text`': 'text_field text_key text_column content_field text_name',
  '`sources.NAME.id`': 'id_field id_key id_column',
  '`mix.shares`': 'weights weight ratios ratio proportions proportion probabilities mixture share',
  '`mix.tokens`': 'total_tokens num_tokens max_tokens_total budget token_budget train_tokens',
  '`mix.max_epochs`': 'epochs max_repeats repeats num_epochs',
  '`split.validation`':
    'val valid eval validation_split val_split valid_split test test_split eval_split holdout',
  '`documents.duplicates`': 'dedup deduplicate deduplication dedupe',
  '`documents.buckets`': 'bins edges length_buckets',
  '`tokens_per_step`': 'batch_size batch_tokens tokens_per_batch global_batch_size step_tokens',
  '`phases`': 'stages curriculum schedule',
  '`seed`': 'random_seed shuffle_seed rng_seed',
  '`shards.size`': 'shard_size max_shard_size size_limit',
  'the flag --out': 'output out output_dir out_dir',
  'the flag --workers': 'workers num_workers threads num_proc processes',
  'the flag --memory': 'memory max_memory ram',
};

const ours: ReadonlyMap<string, string> = new Map(
  Object.entries(named).flatMap(([here, names]) => names.split(' ').map((name) => [name, here] as const)),
);

/** Our name for a key of another tool; null: the key is not known. */
export function ourNameOf(key: string): string | null {
  return ours.get(key.toLowerCase().replaceAll('-', '_')) ?? null;
}
