/** Reads from the schema which keys a recipe may have, and where, so that suggestions always agree with the checks. */

import { z } from 'zod';
import type { Path } from '../yaml/parse-yaml.ts';

/** Keys that the map at `path` may have; empty if any key is allowed (sources, shares). */
export function validKeys(schema: z.ZodType, path: Path): readonly string[] {
  const [step, ...rest] = path;
  const object = asMap(schema);
  if (object instanceof z.ZodRecord)
    return step === undefined ? [] : validKeys(object.valueType as z.ZodType, rest);
  if (object instanceof z.ZodArray)
    return step === undefined ? [] : validKeys(object.element as z.ZodType, rest);
  if (!(object instanceof z.ZodObject)) return [];
  if (step === undefined) return Object.keys(object.shape);
  // One of a list, where a single map may stand, too.
  if (typeof step === 'number') return validKeys(object, rest);
  const inner = Object.hasOwn(object.shape, step) ? object.shape[String(step)] : undefined;
  return inner === undefined ? [] : validKeys(inner, rest);
}

/**
 * The maps in which `key` would be valid, as dotted paths; NAME stands for any source or phase. If there are several,
 * returns those in the same section as `from`, where the key was found; else those outside phases, because phases
 * repeat the recipe's keys.
 */
export function homesOf(schema: z.ZodType, key: string, from: Path = []): readonly string[] {
  const homes = allHomes(schema, key, '');
  const near = homes.filter((home) => from.length > 0 && home.split('.')[0] === from[0]);
  const outside = homes.filter((home) => !home.includes('phases.NAME'));
  return [near, outside, homes].find((some) => some.length > 0) ?? [];
}

/** All keys of all maps of the schema. */
export function allKeys(schema: z.ZodType): ReadonlySet<string> {
  const object = asMap(schema);
  if (object instanceof z.ZodRecord) return allKeys(object.valueType as z.ZodType);
  if (object instanceof z.ZodArray) return allKeys(object.element as z.ZodType);
  if (!(object instanceof z.ZodObject)) return new Set();
  return new Set(
    Object.entries<z.ZodType>(object.shape).flatMap(([name, child]) => [name, ...allKeys(child)]),
  );
}

function allHomes(schema: z.ZodType, key: string, path: string): readonly string[] {
  const object = asMap(schema);
  if (object instanceof z.ZodRecord) return allHomes(object.valueType as z.ZodType, key, `${path}.NAME`);
  if (object instanceof z.ZodArray) return allHomes(object.element as z.ZodType, key, `${path}[]`);
  if (!(object instanceof z.ZodObject)) return [];
  const here = Object.hasOwn(object.shape, key) ? [path === '' ? 'the top level' : path] : [];
  const inner = Object.entries<z.ZodType>(object.shape).flatMap(([name, child]) =>
    allHomes(child, key, path === '' ? name : `${path}.${name}`),
  );
  return [...here, ...inner];
}

/** The keys of a map with the schema of each; empty if any key is allowed, or if it is not a map. */
export function shapeOf(schema: z.ZodType): Readonly<Record<string, z.ZodType>> {
  const object = asMap(schema);
  return object instanceof z.ZodObject ? (object.shape as Record<string, z.ZodType>) : {};
}

export function withoutDefault(schema: z.ZodType): z.ZodType {
  const wrapped =
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault;
  return wrapped ? withoutDefault(schema.unwrap() as z.ZodType) : schema;
}

/** The schema without its defaults; of a union such as "a map or plain text", the map. */
function asMap(schema: z.ZodType): unknown {
  const plain = withoutDefault(schema);
  if (!(plain instanceof z.ZodUnion)) return plain;
  return plain.options
    .map((option) => asMap(option as z.ZodType))
    .find((option) => option instanceof z.ZodObject);
}
