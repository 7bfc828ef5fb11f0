/**
 * Keeps vocabulary tables for the next process, because making them takes 0.1 to 5 s and reading them some ms. The
 * files are in the user's cache folder, or in LONGMIX_CACHE (empty: nothing is kept). A file that is damaged, or that
 * cannot be read or written, is ignored. A file's name is a hash of all its inputs, so a file is never out of date.
 * Cost: 14 to 200 MB of disk per tokenizer, for the last few that were used.
 */

import { createHash, type Hash } from 'node:crypto';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deserialize, serialize } from 'node:v8';
import { packageRoot } from '../../base/package-root.ts';
import type { TokenizerSpec } from '../../nouns/recipe.ts';
import { makeFolder, writeCache } from '../../storage/commit.ts';
import { listFolder, openFile, readBytes, removeFile, statOf, touch } from '../../storage/files.ts';
import { isTemporary } from '../../storage/temporary-files.ts';
import { walk } from '../../storage/walk.ts';
import { createDigest } from '../digest/digest.ts';
import { resolveTokenizerFile } from '../files/file-form.ts';
import { sideFilesOf } from '../files/side-files.ts';
import { kernelFile } from './kernel/kernel.ts';
import type { SharedTokenizer } from './kernel-tokenizer.ts';

const kept = 6;
/** An unfinished file normally exists for seconds; one that is older than this is from a process that was killed. */
const unfinishedMs = 3_600_000;
/** The prefix: the bytes of the header and of the tables (u32 each), then their hash. */
const prefixBytes = 16;

/** The tables that an earlier process kept; null: there are none. */
export function readTables(spec: TokenizerSpec): SharedTokenizer | null {
  try {
    const file = fileOf(spec);
    return file === null ? null : readFile(file);
  } catch {
    return null;
  }
}

export function keepTables(spec: TokenizerSpec, tables: SharedTokenizer): void {
  try {
    const file = fileOf(spec);
    if (file === null) return;
    writeFile(file, tables);
    dropOldest(dirname(file));
  } catch {
    // Nothing is kept; the next process makes the tables again.
  }
}

function fileOf(spec: TokenizerSpec): string | null {
  const folder = cacheFolder();
  return folder === '' ? null : join(folder, `tables-${keyOf(spec)}`);
}

function cacheFolder(): string {
  const { LONGMIX_CACHE, XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  if (LONGMIX_CACHE !== undefined) return LONGMIX_CACHE;
  if (process.platform === 'win32') return LOCALAPPDATA ? join(LOCALAPPDATA, 'longmix') : '';
  if (process.platform === 'darwin') return join(homedir(), 'Library/Caches/longmix');
  return join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'longmix');
}

/** A hash of the tokenizer's files and of all code that affects the tables. */
function keyOf(spec: TokenizerSpec): string {
  const hash = createHash('sha256');
  if ('file' in spec) hash.update(JSON.stringify([spec.pattern, spec.bos, spec.eos, spec.pad]));
  const files = 'file' in spec ? tokenizerFiles(spec.file) : [encodingFile(spec.encoding)];
  for (const file of files) add(hash, basename(file), readBytes(file));
  const here = fileURLToPath(new URL('dist/tokenize/', packageRoot));
  const isCode = (name: string) => /(?<!\.d)\.[jt]s$/.test(name);
  const everywhere = { hidden: true, nodeModules: true, depth: Number.POSITIVE_INFINITY };
  for (const { name, path } of walk(here, { ...everywhere, wanted: isCode }))
    add(hash, name, readBytes(path));
  add(hash, process.versions.v8, readBytes(kernelFile));
  return hash.digest('hex').slice(0, 40);
}

function add(hash: Hash, name: string, bytes: Uint8Array): void {
  hash.update(`\n${name} ${bytes.length}\n`).update(bytes);
}

function encodingFile(name: string): string {
  return createRequire(import.meta.url).resolve(`@dqbd/tiktoken/encoders/${name}.json`);
}

/** The tokenizer file and the side files that are there. */
function tokenizerFiles(path: string): string[] {
  const file = resolveTokenizerFile(path);
  return [file, ...sideFilesOf(file)];
}

function readFile(path: string): SharedTokenizer {
  const file = openFile(path);
  try {
    const prefix = Buffer.alloc(prefixBytes);
    file.read(0, prefix);
    const [headerBytes, tableBytes] = [prefix.readUInt32LE(0), prefix.readUInt32LE(4)];
    if (file.size !== prefixBytes + headerBytes + tableBytes) throw new Error('cut off');
    const header = Buffer.alloc(headerBytes);
    const bytes = new SharedArrayBuffer(tableBytes);
    file.read(prefixBytes, header);
    file.read(prefixBytes + headerBytes, new Uint8Array(bytes));
    if (!hashOf(header, bytes).equals(prefix.subarray(8))) throw new Error('damaged');
    const { image, ...rest } = deserialize(header) as SharedTokenizer;
    touch(path);
    return { ...rest, image: { ...image, bytes } };
  } finally {
    file.close();
  }
}

function writeFile(path: string, { image, ...rest }: SharedTokenizer): void {
  makeFolder(dirname(path));
  // Drop unfinished files first: they may be what fills the disk.
  dropUnfinished(dirname(path));
  const { bytes, ...imageFacts } = image;
  const header = serialize({ ...rest, image: imageFacts });
  const prefix = Buffer.alloc(8);
  prefix.writeUInt32LE(header.length, 0);
  prefix.writeUInt32LE(bytes.byteLength, 4);
  writeCache(path, [prefix, hashOf(header, bytes), header, new Uint8Array(bytes)]);
}

/** xxHash64, which detects accidental damage. It costs a tenth of the time of reading the tables. */
function hashOf(header: Uint8Array, bytes: SharedArrayBuffer): Buffer {
  const digest = createDigest();
  digest.add(header, [header.length], true);
  const { keys } = digest.add(new Uint8Array(bytes), [bytes.byteLength], false);
  return Buffer.from(keys.buffer);
}

function dropUnfinished(folder: string): void {
  for (const name of listFolder(folder).filter(isTemporary)) {
    const written = statOf(join(folder, name))?.modifiedMs ?? Date.now();
    if (Date.now() - written > unfinishedMs) removeFile(join(folder, name));
  }
}

function dropOldest(folder: string): void {
  const files = listFolder(folder)
    .filter((name) => /^tables-[0-9a-f]{40}$/.test(name))
    .map((name) => ({ path: join(folder, name), used: statOf(join(folder, name))?.modifiedMs ?? 0 }))
    .sort((a, b) => b.used - a.used);
  for (const { path } of files.slice(kept)) removeFile(path);
}
