import { describeFamilies } from './family-exactness.ts';

describeFamilies(['claude', 'deepseek-v3', 'llama-2', 'llama-3-folder', 'gemma-1']);
