/**
 * Makes the JSON Schemas (2020-12) with which an editor completes and checks YAML while it is typed. They come from the
 * schemas that longmix itself uses, but cannot express rules about several keys at once.
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
