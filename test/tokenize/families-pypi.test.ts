import { describeFamilies } from './family-exactness.ts';

describeFamilies([
  'deepseek-v4',
  'tekken',
  'tekken-2409',
  'llama-3.model',
  'llama-4.model',
  'qwen.tiktoken',
  'qwen3.5.tiktoken',
]);
