/**
 * Remembers where a recipe's keys are in its file, for errors that are found only later, when the tokenizer or the
 * corpus is known. A recipe is plain data that is hashed and sent to threads, so the places are kept outside it.
 */
import type { Recipe } from '../../nouns/recipe.ts';
import type { Path, YamlFile } from './parse-yaml.ts';

const files = new WeakMap<Recipe, YamlFile>();

export function rememberPlaces(recipe: Recipe, yaml: YamlFile): Recipe {
  files.set(recipe, yaml);
  return recipe;
}

/** Gives a changed copy of a recipe the places of the recipe. */
export function keepPlaces(recipe: Recipe, changed: Recipe): Recipe {
  const yaml = files.get(recipe);
  return yaml === undefined ? changed : rememberPlaces(changed, yaml);
}

/** `file:line:column` of a key, or of the map around it if the key is left out; undefined: the recipe has no file. */
export function placeInRecipe(recipe: Recipe, path: Path): string | undefined {
  const yaml = files.get(recipe);
  return yaml?.placeOf(yaml.valueAt(path));
}
