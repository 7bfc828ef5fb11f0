import { describeFamilies } from './family-exactness.ts';

describeFamilies([
  '300-pieces-hf',
  '1000-pieces-hf',
  '7900-pieces-hf',
  '16000-pieces-hf',
  '32000-pieces-hf',
  '65536-pieces-hf',
  '131072-pieces-hf',
  '262145-pieces-hf',
]);
