/**
 * Reads the training results of an earlier `ablate --train` from ablation.json, as far as they apply to today's arms.
 */

import type { AblationReport } from '../build/ablation-file.ts';
import { exists, readJson } from '../storage/files.ts';
import type { ArmsTraining, ArmTraining } from './train-arms.ts';

/** `ablation.json` as `ablate --train` writes it. */
type TrainedAblation = AblationReport & { readonly training?: ArmsTraining };

interface KeptCurves {
  /** Results of the arms whose shards are still those they were trained on; null: there are none. */
  readonly training: ArmsTraining | null;
  /** Arms whose shards have changed, or that no longer exist. */
  readonly dropped: readonly string[];
}

/** Reads the file as it is; null: it is missing or can't be read. */
export function readAblation(path: string): TrainedAblation | null {
  if (!exists(path)) return null;
  try {
    return readJson(path) as TrainedAblation;
  } catch {
    // An unreadable file doesn't matter, because it is about to be rewritten.
    return null;
  }
}

/**
 * Keeps the results of arms with the same fingerprint. It covers everything that an arm's shards depend on, validation
 * too.
 */
export function keptCurves(before: TrainedAblation | null, { arms }: AblationReport): KeptCurves {
  const training = before?.training;
  if (!Array.isArray(training?.arms) || !Array.isArray(before?.arms)) return { training: null, dropped: [] };
  const fingerprints = new Map(before.arms.map(({ arm, fingerprint }) => [arm, fingerprint]));
  const same = new Set(
    arms.filter(({ arm, fingerprint }) => fingerprint === fingerprints.get(arm)).map(({ arm }) => arm),
  );
  const kept = training.arms.filter(({ arm }: ArmTraining) => same.has(arm));
  return {
    training: kept.length === 0 ? null : { ...training, arms: kept },
    dropped: training.arms.filter(({ arm }) => !same.has(arm)).map(({ arm }) => arm),
  };
}
