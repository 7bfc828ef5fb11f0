/**
 * Lists the files below a directory in code-unit order of their paths, whatever the directory's order or the locale.
 * Leaves out hidden entries and `node_modules` below the root unless asked for. Follows links, but does not enter a
 * link that leads back to a directory above it. An unreadable directory is an error; glob libraries skip it silently.
 * Cost: one stat per file.
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
  /** Levels to enter; 1: only the files directly in the root. */
  readonly depth: number;
  /** Chooses files by relative name. A file that is not chosen may be unreadable, or a dead link. */
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

/** null: an unreadable entry, such as a dead link, that is not wanted. */
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
