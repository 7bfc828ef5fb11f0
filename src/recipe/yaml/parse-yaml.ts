/**
 * Parses YAML text to plain values, and records the place of every key and value, for messages. Reports problems of the
 * notation in our own words: bad syntax, duplicate keys, several documents, aliases to nothing or without end.
 *
 * Ordinary aliases work. Merge keys (`<<`) are refused: YAML 1.2 dropped them, and a reader of a recipe should not have
 * to know which of two values of a key wins.
 */

import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  visit,
  type YAMLError,
  type YAMLMap,
} from 'yaml';

/** A problem at an offset of the text. */
export interface Problem {
  readonly offset: number;
  readonly message: string;
}

export type Path = readonly PropertyKey[];

export interface YamlFile {
  /** The whole file as plain values; undefined if `fatal` problems make it meaningless. */
  readonly value: unknown;
  readonly problems: readonly Problem[];
  /** True: the text could not be parsed, so nothing further can be checked. */
  readonly fatal: boolean;
  /** Greater than any offset. */
  readonly span: number;
  /** Offset of the value at `path`, or of the nearest thing around it that exists. */
  valueAt(path: Path): number;
  /** Offset of a character of the text at `path`; of the text, where escapes or line breaks make its place unknown. */
  offsetIn(path: Path, character: number): number;
  /** Offset of the key at the end of `path`. */
  keyAt(path: Path): number;
  /** The value at `path` as the user wrote it, for "found ...". */
  written(path: Path): string;
  /** Keys of the map at `path` in the order of the file (a JavaScript object puts `2024` before `books`). */
  keysOf(path: Path): readonly string[];
  /** `file:line:column` of an offset. */
  placeOf(offset: number): string;
}

// Enough for a recipe whose sources share every setting; a "billion laughs" file needs millions.
const mostAliases = 1000;

/** @param file path of the file, for `placeOf` */
export function parseYaml(source: string, file: string): YamlFile {
  const text = source.replace(/^\uFEFF/, '');
  const lines = new LineCounter();
  // Duplicate keys are checked below instead: there `1` and `"1"` are the same key, and parsing does not stop.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false });
  const syntax = syntaxProblems(document, lines);
  const problems = syntax.length > 0 ? syntax : notationProblems(document, lines);
  let fatal = syntax.length > 0;
  let value: unknown;
  if (!fatal) {
    try {
      value = document.toJS({ maxAliasCount: mostAliases });
    } catch {
      fatal = true;
      // An alias to nothing throws too, but has been reported above.
      if (problems.length === 0) {
        problems.push({
          offset: 0,
          message: `aliases multiply into more than ${mostAliases} values; write them out`,
        });
      }
    }
  }
  return {
    value,
    problems,
    fatal,
    span: text.length + 1,
    valueAt: (path) => find(document, path).offset,
    offsetIn(path, character) {
      const { node, offset } = find(document, path);
      if (!isScalar(node) || typeof node.value !== 'string') return offset;
      const from = offset + (node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE' ? 1 : 0);
      return text.startsWith(node.value, from) ? from + character : offset;
    },
    keyAt: (path) => find(document, path).keyOffset,
    written: (path) => describeNode(find(document, path).node),
    keysOf: (path) => {
      const { node } = find(document, path);
      return isMap(node) ? node.items.map(keyText) : [];
    },
    placeOf: (offset) => {
      const { line, col } = lines.linePos(offset);
      return `${file}:${line}:${col}`;
    },
  };
}

const syntaxWords: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'a tab in the indentation; YAML is indented with spaces',
  MULTIPLE_DOCS: 'a second document begins here; expected one YAML document',
  BAD_INDENT: 'the indentation is wrong, or a bracket or brace is not closed',
  BLOCK_AS_IMPLICIT_KEY:
    'a second `key:` in the same line, or a line that is indented too far; a text with `: ` needs quotes',
  MULTILINE_IMPLICIT_KEY: 'a key that runs over several lines; is the indentation right?',
  BAD_SCALAR_START: 'a text that begins with %, @ or ` needs quotes',
  TAG_RESOLVE_FAILED: 'tags are not supported; a text that begins with ! needs quotes',
  RESOURCE_EXHAUSTION: 'nested too deeply',
};

function syntaxProblems(document: Document.Parsed, lines: LineCounter): Problem[] {
  const problems: Problem[] = [];
  const linesSeen = new Set<number>();
  for (const error of [...document.errors, ...document.warnings]) {
    // One slip often causes several errors in its line. The first is the one to fix.
    const { line } = lines.linePos(error.pos[0]);
    if (!linesSeen.has(line)) problems.push({ offset: error.pos[0], message: syntaxMessage(error) });
    linesSeen.add(line);
  }
  return problems;
}

function syntaxMessage(error: YAMLError): string {
  const words = syntaxWords[error.code];
  if (error.message.startsWith('Missing closing')) return 'not valid YAML: a quote is not closed';
  return `not valid YAML: ${words ?? error.message.charAt(0).toLowerCase() + error.message.slice(1)}`;
}

/** Problems with notation that YAML allows but a recipe does not. */
function notationProblems(document: Document.Parsed, lines: LineCounter): Problem[] {
  const problems: Problem[] = [];
  visit(document, {
    Map: (_, map) => {
      problems.push(...keyProblems(map, lines));
    },
    Alias: (_, alias) => {
      if (alias.resolve(document) !== undefined) return;
      const name = `*${alias.source}`;
      const message = `\`${name}\` refers to \`&${alias.source}\`, which is not set before it; a glob needs quotes: "${name}"`;
      problems.push({ offset: offsetOf(alias), message });
    },
  });
  return problems;
}

/** Reports wrong keys of a map, and removes them from it, so that they are not reported again. */
function keyProblems(map: YAMLMap, lines: LineCounter): Problem[] {
  const problems: Problem[] = [];
  const firstLines = new Map<string, number>();
  map.items = map.items.filter((pair) => {
    const key = keyText(pair);
    const offset = isNode(pair.key) ? offsetOf(pair.key) : offsetOf(map);
    const message = isScalar(pair.key)
      ? wrongKey(key, firstLines)
      : 'expected a plain key; found a list, map or alias';
    if (message !== null) problems.push({ offset, message });
    else firstLines.set(key, lines.linePos(offset).line);
    return message === null;
  });
  return problems;
}

function wrongKey(key: string, firstLines: ReadonlyMap<string, number>): string | null {
  if (key === '<<')
    return 'merge keys (`<<`) are not supported; write out the keys, or use an alias for a whole value';
  if (key === '__proto__') return 'the key `__proto__` is reserved by JavaScript; choose another name';
  const firstLine = firstLines.get(key);
  return firstLine === undefined ? null : `duplicate key \`${key}\`: already given in line ${firstLine}`;
}

interface Found {
  /** The node at the path; null: there is nothing. */
  readonly node: unknown;
  readonly offset: number;
  readonly keyOffset: number;
}

function find(document: Document.Parsed, path: Path): Found {
  let node: unknown = document.contents;
  let offset = isNode(node) ? offsetOf(node) : 0;
  let keyOffset = offset;
  for (const step of path) {
    const inner = isAlias(node) ? node.resolve(document) : node;
    let next: unknown = null;
    if (isMap(inner)) {
      const pair = inner.items.find((item) => keyText(item) === String(step));
      if (pair === undefined) return { node: null, offset, keyOffset };
      keyOffset = isNode(pair.key) ? offsetOf(pair.key) : offset;
      next = pair.value;
    } else if (isSeq(inner)) {
      next = inner.items[Number(step)];
    }
    offset = isNode(next) ? offsetOf(next) : keyOffset;
    node = next;
  }
  return { node: isAlias(node) ? node.resolve(document) : node, offset, keyOffset };
}

function keyText(pair: Pair): string {
  return isScalar(pair.key) ? String(pair.key.value ?? '') : String(pair.key);
}

function offsetOf(node: Node): number {
  return node.range?.[0] ?? 0;
}

const mostShown = 60;

function describeNode(node: unknown): string {
  if (isMap(node)) return node.items.length === 0 ? 'an empty map' : 'a map';
  if (isSeq(node)) return node.items.length === 0 ? 'an empty list' : 'a list';
  if (!isScalar(node) || node.value === null) return 'nothing';
  const content = (node.source ?? String(node.value)).replace(/[\s\p{Cc}]+/gu, ' ');
  const shown = content.length > mostShown ? `${content.slice(0, mostShown)}...` : content;
  // Show quotes that the user wrote, because they are the reason why "17" is not a number.
  return node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE' ? `\`"${shown}"\`` : `\`${shown}\``;
}
