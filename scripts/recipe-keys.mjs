/**
 * Makes docs/recipe-keys.md from schemas/recipe.schema.json: every key of a recipe, its default and what it does.
 *
 *   node scripts/recipe-keys.mjs > docs/recipe-keys.md
 */
import { readFileSync } from 'node:fs';

const schema = JSON.parse(readFileSync(new URL('../schemas/recipe.schema.json', import.meta.url), 'utf8'));

/** Rows for the keys of a map, each followed by the rows of the map inside it. */
function rows(map, path) {
  return Object.entries(map.properties ?? {}).flatMap(([name, key]) => {
    const at = path === '' ? name : `${path}.${name}`;
    const inner = mapIn(key);
    const own = `| \`${at}\` | ${defaultOf(key, inner)} | ${key.description}${valuesOf(key)} |`;
    // Don't list the maps in a phase: they have the keys of `mix` and `sequences`.
    if (path === 'phases.NAME' && inner !== null) return [own];
    return [own, ...(inner === null ? [] : rows(inner.map, at + inner.suffix))];
  });
}

/** The map of settings in a key's value: the value itself, an element of a list, or a value of a map with free keys. */
function mapIn(key) {
  const forms = (key.anyOf ?? [key]).flatMap((form) => form.anyOf ?? [form]);
  for (const form of forms) {
    if (form.properties !== undefined) return { map: form, suffix: '' };
    if (form.items?.properties !== undefined) return { map: form.items, suffix: '[]' };
    if (typeof form.additionalProperties !== 'object') continue;
    const named = mapIn(form.additionalProperties);
    if (named !== null) return { map: named.map, suffix: '.NAME' };
  }
  return null;
}

/** The allowed values of a key; '' if its description names them all. */
function valuesOf({ enum: values = [], description }) {
  const told = new Set(description.match(/[\w-]+/g));
  return values.every((value) => told.has(value))
    ? ''
    : ` One of ${values.map((value) => `\`${value}\``).join(', ')}.`;
}

function defaultOf(key, inner) {
  const { default: value } = key;
  if (value === undefined || (inner !== null && typeof value === 'object')) return '';
  return `\`${JSON.stringify(value).replace(/^"(.*)"$/, '$1')}\``;
}

console.log(`# The keys of a recipe

Made from the recipe's schema (\`node scripts/recipe-keys.mjs\`). NAME stands for a name of your own. What they are for:
[mixes.md](mixes.md).

| key | default | |
|---|---|---|
${rows(schema, '').join('\n')}`);
