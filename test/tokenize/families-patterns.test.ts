import { describeFamilies } from './family-exactness.ts';

describeFamilies([
  'olmo-2',
  'phi-4',
  'mistral-nemo',
  'nemotron',
  'qwen3.5',
  'exaone-moe',
  'glm-4',
  'minimax-m2',
  'bailing-moe',
]);
