/** The arithmetic of a step. All steps of a run have the same number of tokens, so a step has more of shorter rows. */

/**
 * Rows per step. The result is a fraction if `tokensPerStep` isn't a multiple of `length`.
 * @param length tokens per row that are trained on: `length` of the set, even if the row has one more (`plus_one`)
 */
export function rowsOfStep(tokensPerStep: number, length: number): number {
  return tokensPerStep / length;
}

/** Number of whole steps. Remaining rows are in no step, because a step of another size has another learning signal. */
export function wholeSteps(rows: number, rowsPerStep: number): number {
  return Math.floor(rows / rowsPerStep);
}
