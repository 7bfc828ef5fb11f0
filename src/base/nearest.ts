/**
 * "Did you mean `threshold`?": finds the valid word that a misspelt one was probably meant to be. A wrong suggestion is
 * worse than none, so a word is offered only if at most a third of its letters differ.
 */

/** The closest option, or null if none is close. Ignores case; the first of several equally close options wins. */
export function nearest(word: string, options: Iterable<string>): string | null {
  let best: string | null = null;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const option of options) {
    const longer = Math.max(word.length, option.length);
    const allowed = Math.min(Math.max(1, Math.floor(longer / 3)), longer - 1);
    // If the lengths differ this much, the words can't be close. And a pasted paragraph must not cost a big table.
    if (Math.abs(word.length - option.length) > allowed) continue;
    const distance = editDistance(word.toLowerCase(), option.toLowerCase());
    if (distance <= allowed && distance < bestDistance) {
      best = option;
      bestDistance = distance;
    }
  }
  return best;
}

/** The end of a message: `; did you mean ...?`, or nothing. */
export function didYouMean(suggestion: string | null): string {
  return suggestion === null ? '' : `; did you mean \`${suggestion}\`?`;
}

/**
 * Number of insertions, deletions, substitutions and swaps of neighbours (optimal string alignment): `lenght` has 1.
 */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const substituted = last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      let distance = Math.min(substituted, last[j]! + 1, row[j - 1]! + 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) distance = Math.min(distance, beforeLast[j - 2]! + 1);
      row.push(distance);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length]!;
}
