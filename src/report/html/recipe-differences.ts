/** Where the recipes of arms differ: the paths of values that are not the same in all of them. */

export interface Difference {
  /** Keys from the top, with dots. */
  readonly path: string;
  /** An arm each, as JSON; null: the arm's recipe has none. */
  readonly values: readonly (string | null)[];
}

/** Objects and lists of the same size are compared inside, also with nothing; everything else as a whole. */
export function recipeDifferences(recipes: readonly unknown[], path = ''): Difference[] {
  const texts = recipes.map((recipe) => (recipe === undefined ? null : JSON.stringify(recipe)));
  if (new Set(texts).size <= 1) return [];
  const branches = recipes.filter((recipe) => recipe !== undefined && recipe !== null);
  const sizes = new Set(branches.map((branch) => (Array.isArray(branch) ? branch.length : -1)));
  const alike = branches.every(isBranch) && sizes.size === 1;
  if (!alike) return [{ path, values: texts }];
  const keys = [...new Set(branches.filter(isBranch).flatMap((branch) => Object.keys(branch)))];
  return keys.flatMap((key) =>
    recipeDifferences(
      recipes.map((recipe) => (isBranch(recipe) ? recipe[key] : undefined)),
      path === '' ? key : `${path}.${key}`,
    ),
  );
}

function isBranch(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
