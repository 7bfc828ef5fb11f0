/** Shows a run's progress to people: one live line on a terminal, a line every few seconds elsewhere. */
import { compact, duration, integer, percent } from '../base/words.ts';

interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** What a run has done since it started. */
export interface RunState {
  /** Steps of the whole run that are done; null: the trainer does not report it. */
  readonly step: number | null;
  /** Steps whose rows were sent to the trainer. */
  readonly sent: number;
  readonly steps: number;
  readonly firstStep: number;
  readonly tokens: number;
  readonly loss: number | null;
  readonly seconds: number;
  /** Seconds of these spent waiting for rows. */
  readonly waited: number;
}

const liveMs = 200;
const plainMs = 5000;

export interface TrainLine {
  show(state: RunState, last: boolean): void;
  readonly log: (message: string) => void;
}

export function trainLine(output: Output, now: () => number = Date.now): TrainLine {
  const live = output.isTTY === true;
  let shown = Number.NEGATIVE_INFINITY;
  return {
    show(state, last) {
      if (!last && now() - shown < (live ? liveMs : plainMs)) return;
      shown = now();
      const text = progressText(state, last);
      const width = output.columns ?? 0;
      const fitted = width > 0 && text.length >= width ? `${text.slice(0, Math.max(0, width - 2))}…` : text;
      output.write(
        live ? `\r\x1b[K${fitted}${last ? '\n' : ''}` : `${new Date(now()).toISOString()} ${text}\n`,
      );
    },
    log: (message) => output.write(`${live ? '\r\x1b[K' : ''}${message}\n`),
  };
}

/** For `--quiet`: shows the trainer's messages, but no progress. */
export function quietLine(output: Output): TrainLine {
  return { show() {}, log: (message) => output.write(`${message}\n`) };
}

function progressText(state: RunState, last: boolean): string {
  const { step, sent, steps, firstStep, tokens, loss, seconds, waited } = state;
  const did = step === null ? 0 : step - firstStep;
  const parts = [
    step === null
      ? `rows of ${integer(sent)}/${integer(steps)} steps sent`
      : `step ${integer(step)}/${integer(steps)}`,
  ];
  if (loss !== null) parts.push(`loss ${loss.toFixed(3)}`);
  if (seconds > 0) {
    parts.push(`${compact(tokens / seconds)} tok/s`, `${percent(waited / seconds)} waiting for data`);
  }
  if (last) parts.push(`${duration(seconds)} in all`);
  else if (did > 0) parts.push(`${duration((seconds * (steps - step!)) / did)} left`);
  return parts.join(', ');
}
