/**
 * File name -> format and compression. A table and not a guess at the content: a directory may hold anything, and
 * what is taken from it must be plain from the names alone. Cost: an unlisted extension needs `format:` in the recipe.
 */
import { type Compression, type Format, formats, type SourceSpec } from '../nouns/recipe.ts';

const compressionSuffixes: Readonly<Record<string, Compression>> = {
  gz: 'gzip',
  zst: 'zstd',
  br: 'brotli',
};

const dataExtensions: Readonly<Record<string, Format>> = {
  html: 'html',
  htm: 'html',
  xhtml: 'html',
  ipynb: 'ipynb',
  epub: 'epub',
  jsonl: 'jsonl',
  ndjson: 'jsonl',
  json: 'json',
  csv: 'csv',
  tsv: 'tsv',
  parquet: 'parquet',
  arrow: 'arrow',
  feather: 'arrow',
};

const textExtensions: ReadonlySet<string> = new Set(
  [
    'txt text md markdown mdx rst tex bib xml org adoc asciidoc rmd qmd',
    'ts tsx mts cts js jsx mjs cjs vue svelte css scss sass less',
    'py pyi pyx rb php pl pm lua r jl m mm swift',
    'c h cc cpp cxx hh hpp hxx inl cu cuh cs fs fsx vb',
    'java kt kts scala groovy gradle clj cljs cljc edn dart go rs zig nim d v sv vhd vhdl',
    'hs lhs elm ml mli ex exs erl hrl lisp cl el scm rkt coq agda lean',
    'f f77 f90 f95 f03 for adb ads pas asm s sql proto thrift graphql gql wat',
    'sh bash zsh fish ps1 psm1 bat cmd awk sed tcl mk cmake dockerfile nix tf',
    'yaml yml toml ini cfg conf properties',
  ].flatMap((line) => line.split(' ')),
);

/** Of these, prose and settings. */
const otherText: ReadonlySet<string> = new Set(
  'txt text md markdown mdx rst tex bib xml org adoc asciidoc rmd qmd yaml yml toml ini cfg conf properties'.split(
    ' ',
  ),
);

/** By its name. */
export function isSourceCode(name: string): boolean {
  const extension = name.slice(name.lastIndexOf('.') + 1).toLowerCase();
  return textExtensions.has(extension) && !otherText.has(extension);
}

/** Names without an extension that are text all the same, in lower case. */
const textNames: ReadonlySet<string> = new Set(
  'readme license licence copying copyright notice authors contributors changelog changes history news todo install makefile gnumakefile dockerfile rakefile gemfile procfile jenkinsfile vagrantfile justfile'.split(
    ' ',
  ),
);

/** Formats that may be compressed as a whole; the others compress inside. */
const compressible: ReadonlySet<Format> = new Set<Format>([
  'text',
  'html',
  'ipynb',
  'jsonl',
  'json',
  'csv',
  'tsv',
]);

export interface FileKind {
  readonly format: Format;
  readonly compression: Compression;
}

/** Formats whose files are one document each; the files of the others have records with fields. */
const wholeFormats: ReadonlySet<Format> = new Set<Format>(['text', 'html', 'ipynb', 'epub', 'command']);

export function hasRecords(format: Format): boolean {
  return !wholeFormats.has(format);
}

type Reading = Pick<SourceSpec, 'format' | 'extract' | 'command'>;

/** What a file's name says; null: nothing. The recipe's format leaves only the compression open, a command nothing. */
export function kindOf(name: string, source: Reading): FileKind | null {
  if (source.command !== undefined) return { format: 'command', compression: 'none' };
  const parts = name.slice(name.lastIndexOf('/') + 1).split('.');
  const compression = parts.length > 1 ? compressionSuffixes[parts.at(-1)!.toLowerCase()] : undefined;
  if (compression !== undefined) parts.pop();
  const format = asRead(source.format ?? formatOf(parts), source);
  if (format === null) return null;
  if (compression !== undefined && !compressible.has(format)) return null;
  return { format, compression: compression ?? 'none' };
}

/** Without `extract`, pages and notebooks are text like any other; of an archive nothing can be read. */
function asRead(format: Format | null, { extract }: Reading): Format | null {
  if (extract !== false) return format;
  if (format === 'html' || format === 'ipynb') return 'text';
  return format === 'epub' ? null : format;
}

/** For messages: the formats and what they are recognized by. */
export function describeFormats(): string {
  const extensions = Object.keys(dataExtensions).map((extension) => `.${extension}`);
  return `text (.txt, .md, source code, ...), ${extensions.join(' ')} (text formats also .gz .zst .br); format: ${formats.join(' | ')}`;
}

function formatOf(parts: readonly string[]): Format | null {
  if (parts.length === 1) return textNames.has(parts[0]!.toLowerCase()) ? 'text' : null;
  const extension = parts.at(-1)!.toLowerCase();
  // Object.hasOwn: a file named `x.constructor` must not find Object's.
  if (Object.hasOwn(dataExtensions, extension)) return dataExtensions[extension]!;
  return textExtensions.has(extension) ? 'text' : null;
}
