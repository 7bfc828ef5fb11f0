/** A rule that concerns several keys of a recipe. */
import type { Problem, YamlFile } from '../yaml/parse-yaml.ts';

export type Check = (yaml: YamlFile) => Problem[];
