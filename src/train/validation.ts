/** Reads a trainer's validation losses after its last step. longmix's own trainer reports them; others may not. */
import type { PositionLoss, SourceLoss, Validation } from '../nouns/training.ts';
import type { Metrics } from './trainer.ts';

/** null: there are none, or they have another form, or the run diverged and has no finite loss. */
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
