import { describeFamilies } from './family-exactness.ts';

describeFamilies(['gemma-2', 'phi-3', 'codellama', 'yi', 'llama-2-metaspace', 'internlm2']);
