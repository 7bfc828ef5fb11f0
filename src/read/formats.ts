/**
 * File name -> format and compression. A table and not a guess at the content: a directory may hold anything, and
 * what is taken from it must be plain from the names alone. Cost: an unlisted extension needs `format:` in the recipe.
 */
import { type Compression, type Format, formats } from '../types.ts';

const compressionSuffixes: Readonly<Record<string, Compression>> = {
  gz: 'gzip',
  zst: 'zstd',
  br: 'brotli',
};

const dataExtensions: Readonly<Record<string, Format>> = {
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
    'txt text md markdown mdx rst tex bib html htm xhtml xml org adoc asciidoc rmd qmd',
    'ts tsx mts cts js jsx mjs cjs vue svelte css scss sass less',
    'py pyi pyx ipynb rb php pl pm lua r jl m mm swift',
    'c h cc cpp cxx hh hpp hxx inl cu cuh cs fs fsx vb',
    'java kt kts scala groovy gradle clj cljs cljc edn dart go rs zig nim d v sv vhd vhdl',
    'hs lhs elm ml mli ex exs erl hrl lisp cl el scm rkt coq agda lean',
    'f f77 f90 f95 f03 for adb ads pas asm s sql proto thrift graphql gql wat',
    'sh bash zsh fish ps1 psm1 bat cmd awk sed tcl mk cmake dockerfile nix tf',
    'yaml yml toml ini cfg conf properties',
  ].flatMap((line) => line.split(' ')),
);

/** Names without an extension that are text all the same, in lower case. */
const textNames: ReadonlySet<string> = new Set(
  'readme license licence copying copyright notice authors contributors changelog changes history news todo install makefile gnumakefile dockerfile rakefile gemfile procfile jenkinsfile vagrantfile justfile'.split(
    ' ',
  ),
);

/** Formats that may be compressed as a whole; the others compress inside. */
const compressible: ReadonlySet<Format> = new Set<Format>(['text', 'jsonl', 'json', 'csv', 'tsv']);

export interface FileKind {
  readonly format: Format;
  readonly compression: Compression;
}

/** What a file's name says; null: nothing. `override` is the recipe's format, which leaves only the compression open. */
export function kindOf(name: string, override: Format | null): FileKind | null {
  const parts = name.slice(name.lastIndexOf('/') + 1).split('.');
  const compression = parts.length > 1 ? compressionSuffixes[parts.at(-1)!.toLowerCase()] : undefined;
  if (compression !== undefined) parts.pop();
  const format = override ?? formatOf(parts);
  if (format === null) return null;
  if (compression !== undefined && !compressible.has(format)) return null;
  return { format, compression: compression ?? 'none' };
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
