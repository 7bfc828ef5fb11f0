/** A rule about several keys of a recipe. */
import type { Problem, YamlFile } from '../yaml/parse-yaml.ts';

export type Check = (yaml: YamlFile) => Problem[];
