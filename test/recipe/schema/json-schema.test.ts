/** Tests the schemas for editors with an independent validator. UPDATE_GOLDEN=1 rewrites schemas/. */

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { describe, expect, it, test } from 'vitest';
import { parse } from 'yaml';
import { jsonSchema, type SchemaName, schemaNames } from '../../../src/recipe/schema/json-schema.ts';

const root = new URL('../../../', import.meta.url);

// A union's members have no `type` of their own beside `anyOf`, which ajv's strict mode wants.
const ajv = new Ajv2020({ strict: true, strictTypes: false, allErrors: true });
const validators: Readonly<Record<SchemaName, ValidateFunction>> = {
  recipe: ajv.compile(JSON.parse(jsonSchema('recipe'))),
  ablation: ajv.compile(JSON.parse(jsonSchema('ablation'))),
};

/** Where a text is off, by the schema; nothing where it is not. */
function complaints(name: SchemaName, text: string): string[] {
  const validate = validators[name];
  return validate(parse(text)) ? [] : validate.errors!.map((error) => error.instancePath);
}

function yamlFiles(folder: string): URL[] {
  return readdirSync(new URL(folder, root))
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => new URL(folder + file, root));
}

test.each(schemaNames)('schemas/%s.schema.json is what the schema in src/ gives', (name) => {
  const file = new URL(`schemas/${name}.schema.json`, root);
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(file, jsonSchema(name));
  expect(
    readFileSync(file, 'utf8'),
    'stale: UPDATE_GOLDEN=1 npx vitest run test/recipe/schema/json-schema',
  ).toBe(jsonSchema(name));
});

describe.each([
  ['recipe', 'pipelines/', '../schemas/'],
  ['ablation', 'pipelines/ablations/', '../../schemas/'],
] as const)('every %s in %s', (name, folder, schemas) => {
  test.each(yamlFiles(folder).map((file) => [file.pathname.split('/').at(-1), file]))('%s', (_, file) => {
    const text = readFileSync(file, 'utf8');
    expect(text.split('\n')[0]).toBe(`# yaml-language-server: $schema=${schemas}${name}.schema.json`);
    expect(complaints(name, text)).toEqual([]);
  });
});

describe('the schema of a recipe', () => {
  test.each([
    ['', ''],
    ['seed: -1', '/seed'],
    ['sources: []', '/sources'],
    ['sources: { a: { pth: b } }', '/sources/a'],
    ['sources: { a: b }\nsequences: { length: 5b }', '/sequences/length'],
    ['sources: { a: b }\nsequences: { length: 1 }', '/sequences/length'],
    ['sources: { a: b }\nsequences: { packing: bestfit }', '/sequences/packing'],
    ['sources: { a: b }\nmix: { lenght: none }', '/mix'],
    ['sources: { a: b }\nmix: { length: { long_share: 70% } }', '/mix/length'],
    ['sources: { a: b }\nmix: { shares: { a: 1.5 } }', '/mix/shares/a'],
    ['sources: { a: b }\nmix: { cells: [] }', '/mix/cells'],
    ['sources: { a: b }\nmix: { cells: [{ source: a }] }', '/mix/cells/0'],
    ['sources: { a: b }\nphases: { a-b: { tokens: 100% } }', '/phases'],
    ['sources: { a: b }\nphases: { a: { mix: {} } }', '/phases/a'],
    ['sources: { a: b }\ndocuments: { length: chars/0 }', '/documents/length'],
    ['sources: { a: b }\ndocuments: { min_tokens: { a: -1 } }', '/documents/min_tokens/a'],
    ['sources: { a: b }\nname: a/b', '/name'],
  ])('%j is off at %j', (text, place) => {
    expect(complaints('recipe', text)).toContain(place);
  });
});

describe('the schema of an ablation', () => {
  test.each([
    ['arms: { a: {} }', ''],
    ['base: a.yaml\narms: { a: { sources: { b: c } } }', '/arms/a'],
    ['base: a.yaml\narms: { store: {} }', '/arms'],
    ['base: a.yaml\narms: { a: { mix: { lenght: none } } }', '/arms/a/mix'],
    ['base: a.yaml\ngrid: { seed: 1 }', '/grid/seed'],
    ['base: { mix: {} }\narms: { a: {} }', '/base'],
  ])('%j is off at %j', (text, place) => {
    expect(complaints('ablation', text)).toContain(place);
  });

  it('takes a base that stands in it, and keys that are taken out', () => {
    const text = 'base: { sources: { a: b } }\narms: { a: , b: { mix: { shares: }, phases: } }';
    expect(complaints('ablation', text)).toEqual([]);
  });
});
