import { describeFamilies } from './family-exactness.ts';

describeFamilies([
  'deepseek-llm',
  'deepseek-coder',
  'deepseek-v3-flags',
  'hy3',
  'bloom',
  'poro',
  'viking',
  'jais2',
  'chameleon',
  'tiny-aya',
  'superbpe',
]);
