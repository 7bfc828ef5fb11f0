import { describe, expect, it, test } from 'vitest';
import { z } from 'zod';
import { recipeSchema } from '../../../src/recipe/schema/schema.ts';
import { homesOf, validKeys } from '../../../src/recipe/schema/schema-keys.ts';

interface JsonSchema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly anyOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly required?: readonly string[];
}

const json = z.toJSONSchema(recipeSchema, { io: 'input' }) as JsonSchema;

/** Every property of the JSON Schema by its path. */
function properties(schema: JsonSchema, path = ''): [string, JsonSchema][] {
  const inner = Object.entries(schema.properties ?? {}).flatMap(([name, child]): [string, JsonSchema][] => [
    [`${path}${name}`, child],
    ...properties(child, `${path}${name}.`),
  ]);
  const free = typeof schema.additionalProperties === 'object' ? [schema.additionalProperties] : [];
  const items = schema.items === undefined ? [] : [schema.items];
  const others = [...free, ...items, ...(schema.anyOf ?? [])].flatMap((child) => properties(child, path));
  return [...inner, ...others];
}

describe('recipeSchema', () => {
  it('describes every key in plain words', () => {
    const found = properties(json);
    expect(found.map(([path]) => path)).toEqual(
      expect.arrayContaining([
        'sources.path',
        'tokenizer.pattern',
        'mix.length.threshold',
        'mix.cells.pack_length',
        'documents.min_tokens',
        'phases.sequences.decompose.odds',
        'max_bad_records',
      ]),
    );
    for (const [path, { description }] of found) expect(description, path).toMatch(/^[A-Za-z].*\.$/s);
  });

  it('gives an editor schema in which only sources is required', () => {
    expect(json.required).toEqual(['sources']);
    expect(json.properties!.mix!.properties!.tokens).toMatchObject({
      default: 'all',
      anyOf: [
        { const: 'all' },
        { type: 'integer', minimum: 1 },
        { type: 'string', pattern: expect.any(String) },
      ],
    });
  });
});

describe('schema-keys', () => {
  test.each([
    [[], ['name', 'sources', 'mix']],
    [
      ['sources', 'web'],
      ['path', 'join'],
    ],
    [
      ['mix', 'length'],
      ['threshold', 'long_share'],
    ],
    [['tokenizer'], ['file', 'pattern']],
    [
      ['mix', 'cells', 0],
      ['source', 'from', 'to', 'share'],
    ],
    [
      ['phases', 'short', 'sequences', 'decompose'],
      ['smallest', 'odds', 'cycles'],
    ],
  ])('the keys at %j contain %j', (path, keys) => {
    expect(validKeys(recipeSchema, path)).toEqual(expect.arrayContaining(keys));
  });

  it('knows no keys where they are free or there is no map', () => {
    const free = [['sources'], ['phases'], ['mix', 'shares'], ['mix', 'cells']];
    for (const path of [...free, ['seed'], ['toString'], ['name', 'x'], ['documents', 'min_tokens', 'x']]) {
      expect(validKeys(recipeSchema, path)).toEqual([]);
    }
  });

  it('finds the homes of a key', () => {
    expect(homesOf(recipeSchema, 'method')).toEqual(['mix', 'mix.length', 'mix.cells[]']);
    expect(homesOf(recipeSchema, 'mix')).toEqual(['the top level']);
    expect(homesOf(recipeSchema, 'odds')).toEqual(['sequences.decompose']);
    expect(homesOf(recipeSchema, 'odds', ['phases', 'a'])).toEqual(['phases.NAME.sequences.decompose']);
    expect(homesOf(recipeSchema, 'text')).toEqual(['sources.NAME']);
    expect(homesOf(recipeSchema, 'seed')).toEqual(['the top level']);
    expect(homesOf(recipeSchema, 'toString')).toEqual([]);
  });
});
