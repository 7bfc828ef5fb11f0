/** `ablation.json`: the record of an ablation's folder, written last. */

import { join } from 'node:path';
import { LongmixError } from '../errors.ts';
import type { AblationArm } from '../nouns/recipe.ts';
import { makeFolder, moveFile } from '../storage/commit.ts';
import { exists, readJson, removeFile } from '../storage/files.ts';
import { notesFolder } from '../storage/receipt.ts';
import type { PlanReport } from './nouns.ts';

export const ablationFile = 'ablation.json';

/** Each arm as its plan.json tells it, and how its recipe differs from the base. */
export interface AblationReport {
  readonly format: 'longmix-ablation';
  readonly version: 1;
  readonly name: string;
  readonly arms: readonly ArmReport[];
}

export type ArmReport = PlanReport & Pick<AblationArm, 'changes'> & { readonly arm: string };

/** Where the record lies while arms are written: a record must not stand over arms that it does not describe. */
export function asideFile(out: string): string {
  return join(out, notesFolder, ablationFile);
}

/** Before the first arm changes. The record holds training curves that the next run may keep. */
export function setAblationAside(out: string): void {
  if (!exists(join(out, ablationFile))) return;
  makeFolder(join(out, notesFolder));
  moveFile(join(out, ablationFile), asideFile(out));
}

/** Once the new record is there. */
export function dropAside(out: string): void {
  removeFile(asideFile(out));
}

export interface ListedArm {
  readonly folder: string;
  /** Of its plan, which its shard sets have, too. */
  readonly fingerprint: string;
}

/**
 * The arms that the record lists; null: the folder is not an ablation's.
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
