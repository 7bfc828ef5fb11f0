/** `longmix schema`: prints the JSON Schema of a kind of file, for editors. */

import { didYouMean, nearest } from '../base/nearest.ts';
import { LongmixError } from '../errors.ts';
import { jsonSchema, schemaNames } from '../recipe/schema/json-schema.ts';

export function runSchema(kind: string): void {
  const name = schemaNames.find((known) => known === kind);
  if (name === undefined) {
    const hint = didYouMean(nearest(kind, schemaNames));
    throw new LongmixError('schema-unknown', `there is no schema of ${JSON.stringify(kind)}${hint}`, {
      cure: `give one of ${schemaNames.join(', ')}`,
    });
  }
  process.stdout.write(jsonSchema(name));
}
