/**
 * Rules about several keys. Each rule reads only its own keys, and ignores ill-formed values (the schema reports
 * those), so that one run lists all problems of a recipe.
 */

import { isUrl } from '../../base/is-url.ts';
import { didYouMean, nearest } from '../../base/nearest.ts';
import { extractedOnly, tiktokenEncodings } from '../../nouns/recipe.ts';
import { shownAddress } from '../../storage/remote/address.ts';
import { isTokenizerPath } from '../tokenizer-path.ts';
import type { Path, Problem, YamlFile } from '../yaml/parse-yaml.ts';
import { isRecord, valueIn, wrongKey, wrongValue } from '../yaml/yaml-values.ts';
import type { Check } from './check.ts';
import { crossChatChecks } from './cross-chat-checks.ts';
import { crossDocumentChecks } from './cross-document-checks.ts';
import { crossFimChecks } from './cross-fim-checks.ts';
import { crossGroupChecks } from './cross-group-checks.ts';
import { crossMixChecks } from './cross-mix-checks.ts';
import { crossSequenceChecks } from './cross-sequence-checks.ts';
import { crossTokenChecks } from './cross-token-checks.ts';

const checks: readonly Check[] = [
  knownTokenizer,
  noHomePaths,
  noSources,
  oneStandardInput,
  differInMoreThanQuery,
  separatorNeedsJoin,
  commandNamesFile,
  commandReadsAlone,
  epubIsExtracted,
];

export function crossProblems(yaml: YamlFile): Problem[] {
  const all = [
    ...checks,
    ...crossDocumentChecks,
    ...crossMixChecks,
    ...crossSequenceChecks,
    ...crossFimChecks,
    ...crossGroupChecks,
    ...crossTokenChecks,
    ...crossChatChecks,
  ];
  return all.flatMap((check) => check(yaml));
}

/** Refuses an unknown encoding. For other names, such as models of the hub, the message says how to name a file. */
function knownTokenizer(yaml: YamlFile): Problem[] {
  const name = valueIn(yaml, ['tokenizer']);
  if (typeof name !== 'string' || name === '' || tiktokenEncodings.some((known) => known === name)) return [];
  if (isTokenizerPath(name)) return [];
  return [wrongValue(yaml, ['tokenizer'], `found ${yaml.written(['tokenizer'])}; ${tokenizerCure(name)}`)];
}

function tokenizerCure(name: string): string {
  if (name.includes('/'))
    return 'longmix downloads nothing: get the files of the tokenizer, and give their folder with ./ before it';
  const known = tiktokenEncodings.join(', ');
  return `expected one of ${known}, or a path such as ./tokenizer.json${didYouMean(nearest(name, tiktokenEncodings))}`;
}

/** Refuses `~/`, which only a shell expands to the home directory: a store would end up in a folder named `~`. */
function noHomePaths(yaml: YamlFile): Problem[] {
  const ofSources = yaml
    .keysOf(['sources'])
    .map((name) =>
      isRecord(valueIn(yaml, ['sources', name])) ? ['sources', name, 'path'] : ['sources', name],
    );
  const without: Path = ['mix', 'without'];
  const runs = valueIn(yaml, without);
  const ofRuns = (Array.isArray(runs) ? runs.map((_, i): Path => [...without, i]) : [without]).flatMap(
    (at) => [at, [...at, 'build']],
  );
  const all: Path[] = [['tokenizer'], ['tokenizer', 'file'], ['store'], ...ofSources, ...ofRuns];
  return all.flatMap((at) => {
    const path = valueIn(yaml, at);
    if (typeof path !== 'string' || !/^~\w*\//.test(path)) return [];
    const written = yaml.written(at);
    return [
      wrongValue(yaml, at, `found ${written}; ~ is not expanded; write the full path of the home directory`),
    ];
  });
}

function noSources(yaml: YamlFile): Problem[] {
  const empty = isRecord(valueIn(yaml, ['sources'])) && yaml.keysOf(['sources']).length === 0;
  return empty ? [wrongValue(yaml, ['sources'], 'found none; expected at least one')] : [];
}

function oneStandardInput(yaml: YamlFile): Problem[] {
  const piped = yaml.keysOf(['sources']).filter((name) => pathOf(yaml, name) === '-');
  const message = `standard input can be read only once, and is already the source \`${piped[0]}\``;
  return piped.slice(1).map((name) => wrongValue(yaml, ['sources', name], message));
}

/** A query is not kept with the address: it may be a signature. */
function differInMoreThanQuery(yaml: YamlFile): Problem[] {
  const first = new Map<string, string>();
  return yaml.keysOf(['sources']).flatMap((name) => {
    const path = pathOf(yaml, name);
    if (typeof path !== 'string' || !isUrl(path)) return [];
    const shown = shownAddress(path);
    const other = first.get(shown);
    first.set(shown, path);
    if (other === undefined || other === path) return [];
    return [wrongValue(yaml, ['sources', name], `${shown} is another source already, by another query`)];
  });
}

function separatorNeedsJoin(yaml: YamlFile): Problem[] {
  return yaml.keysOf(['sources']).flatMap((name) => {
    const at = ['sources', name, 'separator'];
    const join = valueIn(yaml, ['sources', name, 'join']) ?? 'file';
    if (join !== 'file' || valueIn(yaml, at) === undefined) return [];
    return [wrongKey(yaml, at, 'only joined files use it; add `join: directory`')];
  });
}

function commandNamesFile(yaml: YamlFile): Problem[] {
  return yaml.keysOf(['sources']).flatMap((name) => {
    const at = ['sources', name, 'command'];
    const command = valueIn(yaml, at);
    if (!Array.isArray(command) || command.length === 0 || !command.every((word) => typeof word === 'string'))
      return [];
    if (command.slice(1).some((word) => /\{(?:file)?\}/.test(word))) return [];
    const cure = 'no word contains {file}, which stands for the path of the file: [pdftotext, "{file}", "-"]';
    return [wrongValue(yaml, at, `found ${yaml.written(at)}; ${cure}`)];
  });
}

/** Refuses other keys about reading beside `command`, because they would have no effect. */
function commandReadsAlone(yaml: YamlFile): Problem[] {
  return yaml.keysOf(['sources']).flatMap((name) => {
    if (valueIn(yaml, ['sources', name, 'command']) === undefined) return [];
    const piped = pathOf(yaml, name) === '-';
    const others = ['format', 'extract', 'text', 'id', 'source'].filter(
      (key) => valueIn(yaml, ['sources', name, key]) !== undefined,
    );
    return [
      ...others.map((key) =>
        wrongKey(
          yaml,
          ['sources', name, key],
          '`command` already reads the files of this source; remove one of the two',
        ),
      ),
      ...(piped
        ? [
            wrongValue(
              yaml,
              ['sources', name, 'command'],
              'standard input has no path to give to the program; name the files instead',
            ),
          ]
        : []),
    ];
  });
}

function epubIsExtracted(yaml: YamlFile): Problem[] {
  return yaml.keysOf(['sources']).flatMap((name) => {
    const isRaw = valueIn(yaml, ['sources', name, 'extract']) === false;
    if (!isRaw || !isExtractedOnly(valueIn(yaml, ['sources', name, 'format']))) return [];
    return [
      wrongKey(yaml, ['sources', name, 'extract'], 'an EPUB is an archive, which cannot be read as text'),
    ];
  });
}

function isExtractedOnly(format: unknown): boolean {
  return (extractedOnly as readonly unknown[]).includes(format);
}

function pathOf(yaml: YamlFile, name: string): unknown {
  const entry = valueIn(yaml, ['sources', name]);
  return isRecord(entry) ? valueIn(yaml, ['sources', name, 'path']) : entry;
}
