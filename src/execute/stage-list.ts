/** A list of tasks together with its stage: what a worker runs, and what is asked of a list that others run. */
import { LongmixError } from '../errors.ts';
import { readJob, type StoredJob } from './job-file.ts';
import { type StageName, stages } from './stages.ts';
import type { Stage, StageKind } from './task.ts';

export interface StageList extends StoredJob {
  readonly stage: StageName;
  readonly kind: Stage<StageKind>;
}

/** @throws LongmixError `job-missing` | `job-damaged` */
export async function readStage(path: string): Promise<StageList> {
  const { stage, ...stored } = readJob(path);
  if (!isStage(stage)) {
    throw new LongmixError('job-damaged', `the list of tasks ${path} is of an unknown kind: ${stage}`, {
      cure: 'use the version of longmix that wrote it',
    });
  }
  return { ...stored, stage, kind: (await stages[stage]()) as unknown as Stage<StageKind> };
}

/** Whether the task needs no run, now or any more. */
export function isDone({ folder, setting, input, kind }: StageList, task: number): boolean {
  return kind.finished(folder, setting, input(task)) !== null || kind.isOver(folder, setting, input(task));
}

function isStage(name: string): name is StageName {
  return Object.hasOwn(stages, name);
}
