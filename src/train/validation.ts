/** What a trainer said of the validation set after its last step: ours says it so, others may say nothing. */
import type { PositionLoss, SourceLoss, Validation } from '../nouns/training.ts';
import type { Metrics } from './trainer.ts';

/** null: nothing, or not in this form; a run that diverged has no loss to tell. */
export function validationOf(final: Metrics | null): Validation | null {
  const said = final?.validation as Partial<Validation> | null | undefined;
  if (!Number.isFinite(said?.loss) || !Array.isArray(said?.byPosition)) return null;
  if (!said.byPosition.every(isPositionLoss)) return null;
  const { bySource, ...rest } = said as Validation;
  const isGood = bySource === undefined || (Array.isArray(bySource) && bySource.every(isSourceLoss));
  return isGood ? (said as Validation) : rest;
}

function isSourceLoss(one: Partial<SourceLoss> | null): boolean {
  return typeof one?.source === 'string' && Number.isFinite(one.tokens) && Number.isFinite(one.loss);
}

function isPositionLoss(one: Partial<PositionLoss> | null): boolean {
  const numbers = [one?.from, one?.to, one?.tokens, one?.loss];
  return numbers.every((value) => Number.isFinite(value)) && one!.from! >= 0 && one!.to! >= one!.from!;
}
