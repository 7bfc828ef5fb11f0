/**
 * Where pretokens go, whichever step cuts them: into the queue, which is emptied into tokens when it is full and at the
 * end of a window. A step keeps the queue's end in a local variable while it runs, and leaves it here.
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

/** Empties the queue up to `end`; returns where the next pretoken goes. */
export function empty(end: usize): usize {
  written = flush(end, written);
  return start;
}

/**
 * Pretokens in the queue lie end to end. Where the next one begins elsewhere, after text that is dropped, the queue is
 * emptied first: a model that drops text pays for it.
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

/** A document ends, or what is known of it; its number of tokens goes to `count` when the queue is emptied. */
export function endDocument(count: usize, goesOn: bool): void {
  noteEnd(tail, count, goesOn);
  if (isFullOfEnds()) tail = empty(tail);
}

export function end(): void {
  tail = empty(tail);
}

/** A document that is one pretoken writes its tokens itself. */
export function writeTo(out: usize): void {
  written = out;
}
