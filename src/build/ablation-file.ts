/** Reads and sets aside `ablation.json`, the record of an ablation's folder, which is written last. */

import { LongmixError } from '../errors.ts';
import type { AblationArm } from '../nouns/recipe.ts';
import { makeFolder, moveFile } from '../storage/commit.ts';
import { exists, readJson, removeFile } from '../storage/files.ts';
import { join } from '../storage/paths.ts';
import { notesFolder } from '../storage/receipt.ts';
import type { PlanReport } from './nouns.ts';

export const ablationFile = 'ablation.json';

/** For each arm, the contents of its plan.json and how its recipe differs from the base. */
export interface AblationReport {
  readonly format: 'longmix-ablation';
  readonly version: 1;
  readonly name: string;
  readonly arms: readonly ArmReport[];
}

export type ArmReport = PlanReport & Pick<AblationArm, 'changes'> & { readonly arm: string };

/**
 * Where the old record lies while arms are written: `ablation.json` must never describe other arms than those there.
 */
export function asideFile(out: string): string {
  return join(out, notesFolder, ablationFile);
}

/**
 * Call this before the first arm changes. The record is moved, not removed: the next run may keep its training curves.
 */
export function setAblationAside(out: string): void {
  if (!exists(join(out, ablationFile))) return;
  makeFolder(join(out, notesFolder));
  moveFile(join(out, ablationFile), asideFile(out));
}

/** Removes the old record. Call this once the new record is written. */
export function dropAside(out: string): void {
  removeFile(asideFile(out));
}

export interface ListedArm {
  readonly folder: string;
  /** The fingerprint of the arm's plan; its shard sets have the same one. */
  readonly fingerprint: string;
}

/**
 * The arms that the record lists; null: the folder is not an ablation.
 * @throws LongmixError `shards-damaged`
 */
export function listedArms(folder: string): ListedArm[] | null {
  const file = join(folder, ablationFile);
  if (!exists(file)) return null;
  try {
    const { arms } = readJson(file) as AblationReport;
    return arms.map(({ arm, fingerprint }) => ({ folder: join(folder, arm), fingerprint }));
  } catch (cause) {
    throw new LongmixError('shards-damaged', `damaged: ${file}: it does not list the arms`, {
      cure: 'run longmix ablate again',
      exitCode: 1,
      cause,
    });
  }
}
