/** Rules about sources of token ids: `tokens` and the keys that go with it, or don't. */
import type { Path, Problem, YamlFile } from '../yaml/parse-yaml.ts';
import { valueIn, wrongKey, wrongValue } from '../yaml/yaml-values.ts';
import type { Check } from './check.ts';

export const crossTokenChecks: readonly Check[] = [
  ofEachSource(tokensReadAlone),
  ofEachSource(formatsOfIds),
  ofEachSource(dtypeOfBin),
  ofEachSource(madeByNeedsTokens),
  charactersAreUnknown,
];

/** Keys about text. */
const aboutText = ['text', 'command', 'extract', 'join', 'separator', 'encoding', 'quote'] as const;
/** Formats that hold ids, and of these the ones that hold nothing else. */
const formatsWithIds: readonly unknown[] = ['jsonl', 'parquet', 'arrow', 'npy', 'bin'];
const onlyIds: readonly unknown[] = ['npy', 'bin'];

function ofEachSource(check: (yaml: YamlFile, at: Path, hasTokens: boolean) => Problem[]): Check {
  return (yaml) =>
    yaml.keysOf(['sources']).flatMap((name) => {
      const at = ['sources', name];
      const tokens = valueIn(yaml, [...at, 'tokens']);
      return check(yaml, at, tokens !== undefined && tokens !== false);
    });
}

function tokensReadAlone(yaml: YamlFile, at: Path, hasTokens: boolean): Problem[] {
  if (!hasTokens) return [];
  return aboutText
    .map((key) => [...at, key])
    .filter((key) => valueIn(yaml, key) !== undefined)
    .map((key) => wrongKey(yaml, key, 'it is about text, and `tokens` reads ids; remove one of the two'));
}

function formatsOfIds(yaml: YamlFile, at: Path, hasTokens: boolean): Problem[] {
  const key = [...at, 'format'];
  const format = valueIn(yaml, key);
  if (format === undefined) return [];
  if (!hasTokens && onlyIds.includes(format))
    return [wrongValue(yaml, key, `found ${yaml.written(key)}, which holds token ids; add \`tokens: true\``)];
  if (!hasTokens || formatsWithIds.includes(format)) return [];
  return [
    wrongValue(
      yaml,
      key,
      `found ${yaml.written(key)}; \`tokens\` reads ids from one of ${formatsWithIds.join(', ')}`,
    ),
  ];
}

/** Raw ids do not say how many bytes each has, and all other files do. */
function dtypeOfBin(yaml: YamlFile, at: Path): Problem[] {
  const isRaw = valueIn(yaml, [...at, 'format']) === 'bin';
  const key = [...at, 'dtype'];
  const isGiven = valueIn(yaml, key) !== undefined;
  if (isGiven && !isRaw) return [wrongKey(yaml, key, 'only raw ids need it; add `format: bin`')];
  if (!isRaw || isGiven) return [];
  return [
    wrongValue(yaml, [...at, 'format'], 'raw ids do not say their type; add dtype: uint16, or another'),
  ];
}

function madeByNeedsTokens(yaml: YamlFile, at: Path, hasTokens: boolean): Problem[] {
  const key = [...at, 'tokenizer'];
  if (hasTokens || valueIn(yaml, key) === undefined) return [];
  return [
    wrongKey(
      yaml,
      key,
      'it says which tokenizer made the ids of a source with `tokens`; the tokenizer of the recipe is a key beside `sources`',
    ),
  ];
}

function charactersAreUnknown(yaml: YamlFile): Problem[] {
  const length = ['documents', 'length'];
  const written = valueIn(yaml, length);
  if (typeof written !== 'string' || !written.startsWith('chars/')) return [];
  const named = yaml.keysOf(['sources']).find((name) => {
    const tokens = valueIn(yaml, ['sources', name, 'tokens']);
    return tokens !== undefined && tokens !== false;
  });
  if (named === undefined) return [];
  return [
    wrongValue(
      yaml,
      length,
      `found ${yaml.written(length)}; source \`${named}\` is token ids, whose characters are not known; use exact`,
    ),
  ];
}
