/**
 * Tells the user, once, what happens to files that are neither plain text nor records: from which files text is
 * extracted, in which files markup stays, and which files are not read, and why.
 */
import { basename, extname } from 'node:path';
import type { ReadUnit } from '../../nouns/documents.ts';
import { extractedOnly, type SourceSpec } from '../../nouns/recipe.ts';
import type { FormatSpec } from '../../read/format-spec.ts';
import { formatTable, withoutCompression } from '../../read/formats.ts';
import type { LeftOut } from '../../read/input/discover.ts';

type Counts = Map<string, number>;

/** Document formats that longmix does not read, but for which programs exist that extract the text. */
const documentKinds: ReadonlySet<string> = new Set(
  '.pdf .doc .docx .odt .rtf .ppt .pptx .odp .xls .xlsx .ods .epub .mobi .azw3 .djvu .ps .eml .mbox .msg'.split(
    ' ',
  ),
);
/** Text with markup, which a model would learn. */
const markupKinds: ReadonlySet<string> = new Set([
  ...['.tex', '.xml'],
  ...kindsWhere(({ raw }) => raw === 'text'),
]);
/** Files that are not text themselves: their text must be extracted. */
const archiveKinds: ReadonlySet<string> = new Set(
  kindsWhere((spec) => extractedOnly.some((format) => formatTable[format] === spec)),
);

function kindsWhere(is: (spec: FormatSpec) => boolean): string[] {
  const found = Object.values(formatTable).filter(is);
  return found.flatMap(({ extensions }) => extensions.map((extension) => `.${extension}`));
}

/** What happens to the files of a source, one clause per treatment; empty if nothing is unexpected. */
export function kindsOf(
  source: SourceSpec,
  units: readonly ReadUnit[],
  leftOut: readonly LeftOut[],
): string[] {
  const taken: Counts = new Map();
  const marked: Counts = new Map();
  for (const { name, format } of units.flatMap(({ files }) => files)) {
    if (formatTable[format].extractor !== undefined && source.extract !== false) count(taken, name);
    else if (format === 'text' && markupKinds.has(kindOfFile(name))) count(marked, name);
  }
  const [documents, records, unknown] = [new Map(), new Map(), new Map()] as Counts[];
  for (const { name, why } of leftOut) {
    const group = why === 'records' ? records : documentKinds.has(kindOfFile(name)) ? documents : unknown;
    count(group!, name);
  }
  const said = source.extract === false || source.format !== null;
  return [
    ...clause(taken, `text taken out${rawHint(source, [...taken.keys()])}`),
    ...(said ? [] : clause(marked, 'read as text, markup included')),
    ...clause(documents!, 'left out; command: reads them'),
    ...clause(records!, 'left out; records cannot be part of joined text'),
    ...clause(unknown!, 'left out, unknown format; format: reads them'),
  ];
}

/** No hint if the user has set `extract:` or `format:`, and none for books, which can't be read raw. */
function rawHint({ extract, format }: SourceSpec, kinds: readonly string[]): string {
  const raw = kinds.filter((kind) => !archiveKinds.has(kind));
  if (extract !== undefined || format !== null || raw.length === 0) return '';
  return ` (extract: false reads ${raw.length < kinds.length ? 'all but .epub' : 'them'} raw)`;
}

/** `kindsOf` as one note; null: there is nothing to say. */
export function kindsNote(
  source: SourceSpec,
  units: readonly ReadUnit[],
  leftOut: readonly LeftOut[],
): string | null {
  const kinds = kindsOf(source, units, leftOut);
  return kinds.length === 0 ? null : `source "${source.name}": ${kinds.join('. ')}`;
}

function clause(counts: Counts, what: string): string[] {
  if (counts.size === 0) return [];
  const most = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  const shown = most.slice(0, 6).map(([kind, files]) => `${files} ${kind}`);
  const rest = most.slice(6).reduce((sum, [, files]) => sum + files, 0);
  return [`${[...shown, ...(rest > 0 ? [`${rest} others`] : [])].join(', ')}: ${what}`];
}

function count(counts: Counts, name: string): void {
  const kind = kindOfFile(name);
  counts.set(kind, (counts.get(kind) ?? 0) + 1);
}

/** The extension, without that of compression: `.html` for `a.html.gz`. A name without an extension is its own kind. */
function kindOfFile(name: string): string {
  const plain = withoutCompression(name);
  return extname(plain).toLowerCase() || extname(name).toLowerCase() || basename(name);
}
