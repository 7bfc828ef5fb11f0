import { describeFamilies } from './family-exactness.ts';

describeFamilies([
  '300-pieces',
  '1000-pieces',
  '7900-pieces',
  '16000-pieces',
  '32000-pieces',
  '65536-pieces',
  '131072-pieces',
  '262145-pieces',
]);
