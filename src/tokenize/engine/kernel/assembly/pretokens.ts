/**
 * All steps put their pretokens into one queue, which is turned into tokens when it is full and at the end of a window.
 * A step keeps the queue's end in a local variable while it runs, and stores it here at its end.
 */
import { beginWindow, flush, full, isFullOfEnds, last, noteEnd, open, start } from './queue';

/** Where the next pretoken goes in the queue. */
export let tail: usize = start;
/** Where the next token goes. */
export let written: usize = 0;

/** Begins a window of documents, whose tokens go to `out`. */
export function begin(out: usize): void {
  tail = start;
  written = out;
  beginWindow(out);
}

/** Turns the queue up to `end` into tokens; returns where the next pretoken goes. */
export function empty(end: usize): usize {
  written = flush(end, written);
  return start;
}

/**
 * Pretokens in the queue lie end to end. If the next one begins elsewhere, after dropped text, the queue is emptied
 * first. Only models that drop text pay for this.
 */
// @ts-ignore: decorator
@inline
export function jump(end: usize, at: usize): usize {
  if (last(end) == at) return end;
  if (end != start) written = flush(end, written);
  return open(at);
}

export function leave(end: usize): void {
  tail = end >= full ? empty(end) : end;
}

/**
 * Notes the end of a document, or of its known text. When the queue is emptied, its number of tokens is written to
 * `count`.
 */
export function endDocument(count: usize, goesOn: bool): void {
  noteEnd(tail, count, goesOn);
  if (isFullOfEnds()) tail = empty(tail);
}

export function end(): void {
  tail = empty(tail);
}

/** For a document that is one pretoken, and writes its tokens itself: sets where the next token goes. */
export function writeTo(out: usize): void {
  written = out;
}
