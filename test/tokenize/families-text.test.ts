import { describeFamilies } from './family-exactness.ts';

describeFamilies(['added-flags', 'lowercase', 'replace-and-strip']);
