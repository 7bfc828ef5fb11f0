/** Finds a field by its name or, if there is none of that name, by its path (`meta.url`); undefined: not there. */
export function lookup(value: object, name: string): unknown {
  if (Object.hasOwn(value, name)) return (value as Record<string, unknown>)[name];
  if (!name.includes('.')) return undefined;
  let found: unknown = value;
  for (const key of name.split('.')) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return undefined;
    found = (found as Record<string, unknown>)[key];
  }
  return found;
}
