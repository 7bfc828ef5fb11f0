/** The arithmetic of a step. It has the same number of tokens throughout a run, so shorter rows come as so many more. */

/**
 * May be a fraction: then the tokens don't come out even.
 * @param length tokens that a row gives to train on: `length`, where the row itself has one more (`plus_one`)
 */
export function rowsOfStep(tokensPerStep: number, length: number): number {
  return tokensPerStep / length;
}

/** Rows at a set's end that make no whole step are in none: a step of another size would have another learning signal. */
export function wholeSteps(rows: number, rowsPerStep: number): number {
  return Math.floor(rows / rowsPerStep);
}
