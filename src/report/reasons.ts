/** Why tokens are not in the rows, in words. */
import type { DropReason } from '../nouns/ledger.ts';

export const reasonNames: Readonly<Record<DropReason, string>> = {
  duplicate: 'copies of another document',
  near_duplicate: 'near copies of another document',
  too_short: 'documents shorter than min_tokens',
  too_long: 'documents longer than max_tokens',
  where_false: 'documents for which where does not hold',
  score_missing: 'documents without a score',
  score_below: 'documents with a score below from',
  score_above: 'documents with a score above to',
  already_read: 'documents that an earlier run has read',
  in_no_cell: 'documents in no cell',
  elsewhere: 'in another phase or length',
  not_sampled: 'not sampled: the mix asked for less',
  long_removed: 'long documents, removed',
  overlong_truncated: 'beyond the length of a row',
  overlong_excluded: 'documents longer than a row, excluded',
  tail_discarded: 'tails of cut documents, discarded',
};

/** Like `reasonNames`, for places with room for a word or two. */
export const shortReasonNames: Readonly<Record<DropReason, string>> = {
  duplicate: 'duplicates',
  near_duplicate: 'near duplicates',
  too_short: 'too short',
  too_long: 'too long',
  where_false: 'where is false',
  score_missing: 'no score',
  score_below: 'score too low',
  score_above: 'score too high',
  already_read: 'already read',
  in_no_cell: 'in no cell',
  elsewhere: 'in other sets',
  not_sampled: 'not sampled',
  long_removed: 'long, removed',
  overlong_truncated: 'truncated',
  overlong_excluded: 'overlong, excluded',
  tail_discarded: 'tails, discarded',
};
