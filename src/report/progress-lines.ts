/**
 * Shows progress to people: on a terminal one live line per stage, elsewhere a line with a timestamp every few seconds.
 */
import { bytes, compact, counted, duration, percent } from '../base/words.ts';

/** The part of a stream that this file needs. */
interface Output {
  readonly isTTY?: boolean;
  /** Width of the terminal. */
  readonly columns?: number;
  write(text: string): unknown;
}

interface Lines {
  start(stage: string, total: number, unit: 'B' | 'rows'): void;
  advance(done: number, tokens: number): void;
  end(): void;
  note(message: string): void;
  aside(message: string): void;
}

interface Surroundings {
  /** Milliseconds. */
  readonly now: () => number;
  /** Bytes of memory in use. */
  readonly memory: () => number;
}

const liveInterval = 200;
const plainInterval = 5000;

export function progressLines(
  output: Output,
  { now, memory }: Surroundings = { now: Date.now, memory: () => process.memoryUsage.rss() },
): Lines {
  const live = output.isTTY === true;
  let stage = '';
  let unit: 'B' | 'rows' = 'B';
  let total = 0;
  let done = 0;
  let tokens = 0;
  let started = 0;
  let shown = 0;

  const show = (last: boolean) => {
    const seconds = (now() - started) / 1000;
    const amount = unit === 'B' ? bytes(done) : counted(done, 'row');
    // The total amount of text is known only for plain files, so the last line gives no share.
    const share = total > 0 && !last ? `${percent(Math.min(1, done / total))}, ` : '';
    const left =
      done > 0 && !last ? `, ${duration(Math.max(0, (seconds * (total - done)) / done))} left` : '';
    const rate = seconds > 0 ? `, ${bytesRate(done, seconds, unit)}${compact(tokens / seconds)} tok/s` : '';
    const took = last ? ` in ${seconds.toFixed(1)} s` : '';
    const text = `${stage}: ${share}${amount}${took}${rate}${left}, ${bytes(memory())} RSS`;
    if (live) output.write(`\r\x1b[K${fitted(text, output.columns)}${last ? '\n' : ''}`);
    else output.write(`${new Date(now()).toISOString()} ${text}\n`);
    shown = now();
  };

  return {
    start(name, ofTotal, ofUnit) {
      stage = name;
      total = ofTotal;
      unit = ofUnit;
      done = 0;
      tokens = 0;
      started = now();
      shown = started;
    },
    advance(more, moreTokens) {
      done += more;
      tokens += moreTokens;
      if (now() - shown >= (live ? liveInterval : plainInterval)) show(false);
    },
    end: () => show(true),
    note: (message) => writeNote(output, message),
    aside: (message) => output.write(`${live ? '\r\x1b[K' : ''}${message}\n`),
  };
}

/** For `--quiet`: shows no progress, but still the notes, such as what was left out of the corpus. */
export function notesOnly(output: Output): Lines {
  return { start() {}, advance() {}, end() {}, note: (message) => writeNote(output, message), aside() {} };
}

function writeNote(output: Output, message: string): void {
  output.write(`${output.isTTY === true ? '\r\x1b[K' : ''}note: ${message}\n`);
}

/** Shortens a line to the terminal. A line that wraps can't be overwritten: each update would leave a line behind. */
function fitted(text: string, columns = 0): string {
  return columns > 0 && text.length >= columns ? `${text.slice(0, Math.max(0, columns - 2))}…` : text;
}

function bytesRate(done: number, seconds: number, unit: 'B' | 'rows'): string {
  return unit === 'B' ? `${bytes(done / seconds)}/s, ` : '';
}
