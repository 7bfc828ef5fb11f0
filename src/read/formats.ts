/**
 * The table of all formats; `docs/add-a-format.md` says how to add one. Only the names are elsewhere, in
 * `nouns/recipe.ts`, because the recipe's schema needs them and may not import this folder. The compiler requires an
 * entry here for each name.
 *
 * A file's name tells its format; its content is never used to guess. A directory may hold anything, and the names
 * alone must show what is taken from it. The one exception is `.json` (`settle`), which may hold records or
 * settings. Cost: an unlisted extension needs `format:` in the recipe.
 */
import type { ReadUnit } from '../nouns/documents.ts';
import { type Compression, extractedOnly, type Format, formats, type SourceSpec } from '../nouns/recipe.ts';
import type { FormatSpec, Reader } from './format-spec.ts';

/** The format of standard input, if the recipe does not name one. */
export const standardInputFormat: Format = 'jsonl';

const list = (words: string): readonly string[] => words.split(' ');

/** Text that is not source code: prose and settings. */
const plainText = list(
  'txt text md markdown mdx rst tex bib xml org adoc asciidoc rmd qmd yaml yml toml ini cfg conf properties',
);

const sourceCode = list(
  [
    'ts tsx mts cts js jsx mjs cjs vue svelte css scss sass less',
    'py pyi pyx rb php pl pm lua r jl m mm swift',
    'c h cc cpp cxx hh hpp hxx inl cu cuh cs fs fsx vb',
    'java kt kts scala groovy gradle clj cljs cljc edn dart go rs zig nim d v sv vhd vhdl',
    'hs lhs elm ml mli ex exs erl hrl lisp cl el scm rkt coq agda lean',
    'f f77 f90 f95 f03 for adb ads pas asm s sql proto thrift graphql gql wat',
    'sh bash zsh fish ps1 psm1 bat cmd awk sed tcl mk cmake dockerfile nix tf',
  ].join(' '),
);

const readerOfText = async (): Promise<Reader> => {
  const { textReader } = await import('./formats/text.ts');
  return textReader((format) => formatTable[format].extract);
};
const readerOfCsv = async (): Promise<Reader> => (await import('./formats/csv.ts')).readCsv;

const mebibyte = 1024 * 1024;
/** A page is in memory several times, and a larger file is usually not a page. */
const mostPageBytes = 32 * mebibyte;
/** Includes the pictures in the outputs of code. */
const mostNotebookBytes = 256 * mebibyte;

export const formatTable: Readonly<Record<Format, FormatSpec>> = {
  text: {
    extensions: [...plainText, ...sourceCode],
    names: list(
      'readme license licence copying copyright notice authors contributors changelog changes history news todo install makefile gnumakefile dockerfile rakefile gemfile procfile jenkinsfile vagrantfile justfile',
    ),
    compressible: true,
    documents: 'file',
    load: readerOfText,
  },
  html: {
    extensions: ['html', 'htm', 'xhtml'],
    compressible: true,
    documents: 'file',
    raw: 'text',
    extractor: 'html 1, htmlparser2 12.0.0',
    async extract({ read }) {
      const html = await read(mostPageBytes);
      return html.trim() === '' ? null : (await import('./extract/html.ts')).htmlText(html);
    },
    load: readerOfText,
  },
  ipynb: {
    extensions: ['ipynb'],
    compressible: true,
    documents: 'file',
    raw: 'text',
    extractor: 'ipynb 1',
    async extract({ read }) {
      const json = await read(mostNotebookBytes);
      if (json.trim() === '') return null;
      return (await import('./extract/notebook.ts')).notebookText(json) || null;
    },
    load: readerOfText,
  },
  epub: {
    extensions: ['epub'],
    compressible: false,
    documents: 'file',
    extractor: 'epub 1, htmlparser2 12.0.0',
    async extract({ path, most, hold }) {
      return await (await import('./extract/epub.ts')).epubText(await path(), most, hold);
    },
    load: readerOfText,
  },
  jsonl: {
    extensions: ['jsonl', 'ndjson'],
    compressible: true,
    documents: 'fields',
    conversations: true,
    tokens: 'possible',
    async ranges(unit, rangeBytes) {
      const file = unit.files[0]!;
      const { encoding } = unit.source;
      // In another encoding, lines can't be found by the byte of `\n`.
      if (file.compression !== 'none' || (encoding !== null && encoding !== 'utf-8'))
        return [{ start: 0, end: file.bytes }];
      return await (await import('./formats/split-lines.ts')).splitLines(file, rangeBytes);
    },
    load: async () => (await import('./formats/jsonl.ts')).readJsonl,
  },
  json: {
    extensions: ['json'],
    compressible: true,
    documents: 'fields',
    conversations: true,
    // A directory of source code has many `.json` files without records.
    settle: async (source, file) => await (await import('./formats/json-format.ts')).jsonFormat(source, file),
    load: async () => (await import('./formats/json.ts')).readJson,
  },
  csv: {
    extensions: ['csv'],
    compressible: true,
    documents: 'fields',
    load: readerOfCsv,
  },
  tsv: {
    extensions: ['tsv'],
    compressible: true,
    documents: 'fields',
    load: readerOfCsv,
  },
  parquet: {
    extensions: ['parquet'],
    compressible: false,
    documents: 'fields',
    conversations: true,
    tokens: 'possible',
    // Columns that no field is in are neither read nor hashed.
    taken: async (unit) => await (await import('./formats/parquet.ts')).parquetRanges(unit),
    load: async () => (await import('./formats/parquet.ts')).readParquet,
  },
  arrow: {
    extensions: ['arrow', 'feather'],
    compressible: false,
    documents: 'fields',
    conversations: true,
    tokens: 'possible',
    // `datasets` writes these beside its Arrow files.
    notes: ['dataset_info.json', 'dataset_dict.json', 'state.json'],
    load: async () => (await import('./formats/arrow.ts')).readArrow,
  },
  warc: {
    extensions: ['warc', 'wet'],
    compressible: true,
    documents: 'fields',
    extractor: 'warc 1, html 1, htmlparser2 12.0.0',
    ranges: async (...file) => await (await import('./formats/warc-ranges.ts')).warcRanges(...file),
    load: async () => (await import('./formats/warc.ts')).readWarc,
  },
  npy: {
    extensions: ['npy'],
    compressible: true,
    documents: 'file',
    tokens: 'always',
    load: async () => (await import('./formats/id-files.ts')).readNpy,
  },
  bin: {
    // `.bin` says nothing about a file.
    extensions: [],
    compressible: true,
    documents: 'file',
    tokens: 'always',
    load: async () => (await import('./formats/id-files.ts')).readBin,
  },
  // The output of the user's program, for files of any name.
  command: {
    extensions: [],
    compressible: false,
    documents: 'file',
    async extract({ path, command, counts, most, hold }) {
      const { commandOutput } = await import('./extract/command.ts');
      return await commandOutput(command!, await path(), { most, hold }, counts);
    },
    load: readerOfText,
  },
};

/** Whether files of a format hold records with fields; files of other formats are one document each. */
export function hasFields(format: Format): boolean {
  return formatTable[format].documents === 'fields';
}

/** Names and versions of the extractors of a unit's text; undefined: the files are read as they are. */
export function extractorOf({ source, files }: Pick<ReadUnit, 'source' | 'files'>): string | undefined {
  if (source.extract === false) return undefined;
  const names = new Set(
    files.map(({ format }) => formatTable[format].extractor).filter((name) => name !== undefined),
  );
  return names.size === 0 ? undefined : [...names].sort().join('; ');
}

/** Whether a file is source code, judged by its name. */
export function isSourceCode(name: string): boolean {
  return sourceCodeExtensions.has(name.slice(name.lastIndexOf('.') + 1).toLowerCase());
}

const sourceCodeExtensions: ReadonlySet<string> = new Set(sourceCode);

/** Maps extensions (or names without an extension) to formats. */
function formatsBy(words: (spec: FormatSpec) => readonly string[]): ReadonlyMap<string, Format> {
  const entries = Object.entries(formatTable) as [Format, FormatSpec][];
  return new Map(entries.flatMap(([format, spec]) => words(spec).map((word) => [word, format] as const)));
}

const byExtension = formatsBy(({ extensions }) => extensions);
const byName = formatsBy(({ names }) => names ?? []);

const compressionSuffixes: Readonly<Record<string, Compression>> = {
  gz: 'gzip',
  zst: 'zstd',
  br: 'brotli',
};

/** The name without the suffix of a compression. */
export function withoutCompression(name: string): string {
  const dot = name.lastIndexOf('.');
  return Object.hasOwn(compressionSuffixes, name.slice(dot + 1).toLowerCase()) ? name.slice(0, dot) : name;
}

export interface FileKind {
  readonly format: Format;
  readonly compression: Compression;
}

type Reading = Pick<SourceSpec, 'format' | 'extract' | 'command' | 'tokens' | 'chat'>;

/**
 * Format and compression of a file by its name; null: the name says neither. If the recipe gives a format, the name
 * decides only the compression; with a command, it decides nothing.
 */
export function kindOf(name: string, source: Reading): FileKind | null {
  if (source.command !== undefined) return { format: 'command', compression: 'none' };
  const parts = name.slice(name.lastIndexOf('/') + 1).split('.');
  const suffix = parts.length > 1 ? parts.at(-1)!.toLowerCase() : '';
  // Object.hasOwn: a file named `x.constructor` must not find Object's.
  const isCompressed = Object.hasOwn(compressionSuffixes, suffix);
  if (isCompressed) parts.pop();
  const format = asRead(source.format ?? formatOf(parts), source);
  if (format === null || !holds(format, source)) return null;
  if (isCompressed && !formatTable[format].compressible) return null;
  return { format, compression: isCompressed ? compressionSuffixes[suffix]! : 'none' };
}

/** With `extract: false`, pages and notebooks are read as text, and archives can't be read at all. */
function asRead(format: Format | null, { extract }: Reading): Format | null {
  if (format === null || extract !== false) return format;
  return extractedOnly.includes(format) ? null : (formatTable[format].raw ?? format);
}

/** Lists the formats and their extensions, for messages. */
export function describeFormats(): string {
  const extensions = formats
    .filter((format) => format !== 'text')
    .flatMap((format) => formatTable[format].extensions)
    .map((extension) => `.${extension}`);
  return `text (.txt, .md, source code, ...), ${extensions.join(' ')} (text formats also .gz .zst .br); format: ${formats.join(' | ')}`;
}

/** Whether files of the format may hold what the source does: text, conversations, or token ids. */
function holds(format: Format, { tokens, chat }: Reading): boolean {
  const { tokens: of, conversations = false } = formatTable[format];
  if (chat !== undefined) return conversations;
  return tokens === undefined ? of !== 'always' : of !== undefined;
}

function formatOf(parts: readonly string[]): Format | null {
  const words = parts.length === 1 ? byName : byExtension;
  return words.get(parts.at(-1)!.toLowerCase()) ?? null;
}
