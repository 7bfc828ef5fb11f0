/**
 * The JSON Schemas (2020-12) by which an editor completes and checks the YAML as it is written. They come from the
 * schemas that check it here; what concerns several keys at once is beyond them.
 */

import { z } from 'zod';
import { recipeSchema } from './schema.ts';
import { ablationSchema } from './schema-ablation.ts';

const schemas = { recipe: recipeSchema, ablation: ablationSchema };

export type SchemaName = keyof typeof schemas;
export const schemaNames: readonly SchemaName[] = ['recipe', 'ablation'];

export function jsonSchema(name: SchemaName): string {
  const schema = z.toJSONSchema(schemas[name], { io: 'input' });
  return `${JSON.stringify({ title: `longmix ${name}`, ...schema }, null, 2)}\n`;
}
