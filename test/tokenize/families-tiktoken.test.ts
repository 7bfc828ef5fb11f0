import { describeFamilies } from './family-exactness.ts';

describeFamilies(['r50k_base-own-text', 'cl100k_base-own-text', 'kimi']);
