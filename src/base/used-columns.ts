/** The optional columns that a recipe uses: those that its sources must keep, and those that its plan reads. */
import type { Condition, SourceColumns } from '../nouns/carried.ts';
import type { Recipe, SourceSpec } from '../nouns/recipe.ts';
import { conditionFields } from './condition-fields.ts';
import { groupFields } from './group-fields.ts';

/** Names in the store, by what they are used as. */
export interface UsedColumns {
  readonly numbers: readonly string[];
  readonly texts: readonly string[];
}

type Uses = Pick<Recipe, 'documents' | 'weightBy' | 'sources'>;

export function usedColumns({ documents, weightBy, sources }: Uses): UsedColumns {
  const conditions = [documents.where, ...sources.map(({ where }) => where)].filter(
    (one) => one !== undefined,
  );
  const fields = conditions.map(conditionFields);
  const named = (names: readonly string[]) => names.map((name) => `field:${name}`);
  return {
    numbers: unique([
      ...(documents.keep ?? []).map(({ score }) => score),
      ...(weightBy === undefined ? [] : [weightBy]),
      ...fields.flatMap(({ numbers }) => named(numbers)),
    ]),
    texts: unique(fields.flatMap(({ texts }) => named(texts))),
  };
}

/** What the store must keep of a source, so that the recipe can be planned. */
export function columnsUsedOf(
  source: Pick<SourceSpec, 'name' | 'fields' | 'where' | 'group' | 'order'>,
  { documents, weightBy }: Pick<Recipe, 'documents' | 'weightBy'>,
): SourceColumns {
  const scores = (documents.keep ?? []).filter(
    // Documents of a source whose records name theirs may be of any.
    ({ sources }) => sources === null || source.fields.source !== null || sources.includes(source.name),
  );
  const least = scores.filter(({ score }) => score === 'compressibility').map(({ minTokens }) => minTokens);
  const { group, order } = groupFields(source);
  const used = [...scores.map(({ score }) => score), weightBy, group, order];
  const names = used.filter((name) => name != null);
  return {
    fields: unique([
      ...names.filter((name) => name.startsWith('field:')).map((name) => name.slice('field:'.length)),
      ...fieldsOf(documents.where),
      ...fieldsOf(source.where),
    ]),
    ...(least.length === 0 ? {} : { compressibility: Math.min(...least) }),
  };
}

function fieldsOf(condition: Condition | undefined): string[] {
  if (condition === undefined) return [];
  const { numbers, texts } = conditionFields(condition);
  return [...numbers, ...texts];
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)].sort();
}
