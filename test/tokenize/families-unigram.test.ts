import { describeFamilies } from './family-exactness.ts';

describeFamilies([
  'mon',
  'unigram',
  'unigram-byte-fallback',
  't5',
  'umt5-and-newer',
  'xlm-roberta',
  'mbart',
  'albert',
  'bert',
]);
