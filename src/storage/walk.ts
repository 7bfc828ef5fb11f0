/**
 * The files below a directory, in plain code-unit order of their paths: never the order of the directory, never a
 * locale's. Hidden entries and `node_modules` below the root are left out unless asked for. Links are followed;
 * one that leads back to a directory above it is not entered again. A directory that cannot be read is an error, where
 * glob libraries leave it out in silence. Cost: one stat a file.
 */
import { type Dirent, readdirSync, readlinkSync, realpathSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { LongmixError } from '../errors.ts';
import { stampOf } from './files.ts';
import { orUnreadable, unreadable } from './unreadable.ts';

export interface WalkedFile {
  readonly path: string;
  /** Relative to the root, with `/`. */
  readonly name: string;
  readonly bytes: number;
  readonly stamp: string;
}

export interface WalkOptions {
  readonly hidden: boolean;
  readonly nodeModules: boolean;
  /** Levels below the root; 1: only files directly in it. */
  readonly depth: number;
  /** Files by relative name. A file that is not wanted may be unreadable, or a dead link. */
  readonly wanted: (name: string) => boolean;
}

/** @throws LongmixError `input-unreadable` */
export function walk(root: string, options: WalkOptions): WalkedFile[] {
  const files: WalkedFile[] = [];

  const enter = (folder: string, prefix: string, depth: number, above: readonly string[]): void => {
    for (const entry of orUnreadable(folder, () => readdirSync(folder, { withFileTypes: true }))) {
      if (entry.name.startsWith('.') && !options.hidden) continue;
      const path = join(folder, entry.name);
      const name = prefix + entry.name;
      const stats = entry.isDirectory() ? null : statsOf(path, entry, () => options.wanted(name));
      if (entry.isDirectory() || stats?.isDirectory()) {
        if (depth <= 1 || (entry.name === 'node_modules' && !options.nodeModules)) continue;
        const real = orUnreadable(path, () => realpathSync(path));
        if (!above.includes(real)) enter(path, `${name}/`, depth - 1, [...above, real]);
      } else if (stats?.isFile() && options.wanted(name)) {
        files.push({ path, name, bytes: stats.size, stamp: stampOf(stats) });
      }
    }
  };

  enter(root, '', options.depth, [orUnreadable(root, () => realpathSync(root))]);
  return files.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** null: a dead link that nobody asked for. */
function statsOf(path: string, entry: Dirent, isWanted: () => boolean): Stats | null {
  try {
    return statSync(path);
  } catch (cause) {
    if (!isWanted()) return null;
    const isDead = entry.isSymbolicLink() && (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw isDead ? deadLink(path, cause) : unreadable(path, cause);
  }
}

function deadLink(path: string, cause: unknown): LongmixError {
  return new LongmixError('input-unreadable', `a link to ${readlinkSync(path)}, which is not there`, {
    where: path,
    cure: 'fix the link, or leave it out with exclude:',
    exitCode: 1,
    cause,
  });
}
