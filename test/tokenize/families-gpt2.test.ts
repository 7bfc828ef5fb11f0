import { describeFamilies } from './family-exactness.ts';

describeFamilies([
  'gpt-neox',
  'olmo-1',
  'modernbert',
  'exaone-3.5',
  'command-r',
  'starcoder2',
  'falcon',
  'falcon-3',
]);
