/** `ablation.json`: the record of an ablation's folder, written last. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LongmixError } from '../errors.ts';
import type { AblationArm } from '../types.ts';
import type { PlanReport } from './plan-report.ts';

export const ablationFile = 'ablation.json';

/** Each arm as its plan.json tells it, and how its recipe differs from the base. */
export interface AblationReport {
  readonly format: 'longmix-ablation';
  readonly version: 1;
  readonly name: string;
  readonly arms: readonly ArmReport[];
}

export type ArmReport = PlanReport & Pick<AblationArm, 'changes'> & { readonly arm: string };

/**
 * The arms' folders; null: the folder is no ablation's.
 * @throws LongmixError `shards-damaged`
 */
export function armFolders(folder: string): string[] | null {
  const file = join(folder, ablationFile);
  if (!existsSync(file)) return null;
  try {
    const { arms } = JSON.parse(readFileSync(file, 'utf8')) as AblationReport;
    return arms.map(({ arm }) => join(folder, arm));
  } catch (cause) {
    throw new LongmixError('shards-damaged', `damaged: ${file}: it does not list the arms`, {
      cure: 'run longmix ablate again',
      exitCode: 1,
      cause,
    });
  }
}
