/**
 * Says that a request is being tried again, while the command would otherwise stand still without a word. Who shows it is
 * set once per thread: the command line in the first one, a task's reports in the others.
 */
type Listener = (text: string) => void;

let listener: Listener | null = null;

/** @param next null: nothing is said. @returns the one before */
export function onWaiting(next: Listener | null): Listener | null {
  const before = listener;
  listener = next;
  return before;
}

export function sayWaiting(text: string): void {
  listener?.(text);
}
