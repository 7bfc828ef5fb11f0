/** What an earlier `ablate --train` left in ablation.json, as far as it still tells of the arms that are there. */

import type { AblationReport } from '../build/ablation-file.ts';
import { exists, readJson } from '../storage/files.ts';
import type { ArmsTraining, ArmTraining } from './train-arms.ts';

/** `ablation.json` as `ablate --train` leaves it. */
type TrainedAblation = AblationReport & { readonly training?: ArmsTraining };

interface KeptCurves {
  /** Of the arms whose shards are those that they were trained on; null: of none. */
  readonly training: ArmsTraining | null;
  /** Arms whose shards are not the same any more, or that are gone. */
  readonly dropped: readonly string[];
}

/** The file as it was; null: there is none that can be read. */
export function readAblation(path: string): TrainedAblation | null {
  if (!exists(path)) return null;
  try {
    return readJson(path) as TrainedAblation;
  } catch {
    // It is about to be written anew.
    return null;
  }
}

/** An arm's fingerprint is that of all that its shards are made of, validation included. */
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
