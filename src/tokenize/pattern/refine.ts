/**
 * Minimizes an automaton by refining a partition (Moore 1956): states stay in one group as long as they lead to the
 * same groups. Groups are numbered in the order of their first states.
 * @param keyOf a key of what a state does and which groups it leads to; the state's own group is left out
 */
export function refine(
  states: number,
  keyOf: (state: number, groups: Int32Array) => string,
): { readonly group: Int32Array; readonly count: number } {
  let group = new Int32Array(states);
  let count = 0;
  for (;;) {
    const keys = new Map<string, number>();
    const finer = new Int32Array(states);
    for (let state = 0; state < states; state += 1) {
      const key = `${group[state]!}${keyOf(state, group)}`;
      let number = keys.get(key);
      if (number === undefined) {
        number = keys.size;
        keys.set(key, number);
      }
      finer[state] = number;
    }
    group = finer;
    if (keys.size === count) return { group, count };
    count = keys.size;
  }
}
