import { describeFamilies } from './family-exactness.ts';

describeFamilies([
  'mistral-v1',
  'mistral-v3',
  'spm-unigram',
  'spm-unigram-bytes',
  'spm-bpe',
  'spm-bpe-no-prefix',
  'spm-suffix',
]);
