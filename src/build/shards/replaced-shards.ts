/**
 * Which finished builds were in an output folder before, and when a build over a grown corpus replaced them. A run may have
 * been trained on one of them: `mix.without` then finds rows that this run has not read, and the plan says so.
 */
import { makeFolder, writeJson } from '../../storage/commit.ts';
import { readJson } from '../../storage/files.ts';
import { join } from '../../storage/paths.ts';
import { notesFolder } from '../../storage/receipt.ts';

const replacedNote = `${notesFolder}/replaced.json`;

interface Replaced {
  /** Of the builds that were replaced, the last one last. */
  readonly fingerprint: string;
  /** ISO 8601. */
  readonly at: string;
}

/** Call this before the shards are removed. The caller has the folder's lock. */
export function noteReplaced(out: string, fingerprint: string): void {
  const before = readReplaced(out);
  if (before.at(-1)?.fingerprint === fingerprint) return;
  makeFolder(join(out, notesFolder));
  writeJson(join(out, replacedNote), [...before, { fingerprint, at: new Date().toISOString() }]);
}

/** When the shards in a build's folder last took the place of others; null: never, or its notes are gone. */
export function lastReplaced(out: string): string | null {
  return readReplaced(out).at(-1)?.at ?? null;
}

function readReplaced(out: string): readonly Replaced[] {
  try {
    const noted = readJson(join(out, replacedNote));
    return Array.isArray(noted) ? (noted as Replaced[]) : [];
  } catch {
    return [];
  }
}
