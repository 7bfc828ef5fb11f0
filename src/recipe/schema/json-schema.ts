/**
 * The JSON Schemas (2020-12) by which an editor completes and checks the YAML as it is written. They come from the
 * schemas that check it here; what concerns several keys at once is beyond them.
 */

import { z } from 'zod';
import { recipeSchema } from './schema.ts';
import { ablationSchema } from './schema-ablation.ts';

export type SchemaName = 'recipe' | 'ablation';

const schemas: Readonly<Record<SchemaName, z.ZodType>> = { recipe: recipeSchema, ablation: ablationSchema };

export const schemaNames: readonly SchemaName[] = ['recipe', 'ablation'];

export function jsonSchema(name: SchemaName): string {
  const schema = z.toJSONSchema(schemas[name], { io: 'input' });
  return `${JSON.stringify({ title: `longmix ${name}`, ...schema }, null, 2)}\n`;
}
