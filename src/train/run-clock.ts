/**
 * Measures how far a run is and where its time goes: waiting for rows, or training. The progress line and metrics.jsonl
 * use it.
 *
 * A trainer in another process takes rows ahead of its steps, into pipes and buffers. Then only reported steps count,
 * and until the first report the clock only knows that rows were sent.
 */
import type { TrainLine } from './train-line.ts';
import type { Metrics } from './trainer.ts';

export interface StepTimes {
  readonly tokens: number;
  /** Seconds since the previous step. */
  readonly seconds: number;
  /** Seconds of these spent waiting for rows. */
  readonly dataSeconds: number;
}

interface Course {
  readonly firstStep: number;
  readonly steps: number;
  /** True if the trainer reports its steps, which end later than their rows are sent. */
  readonly reported: boolean;
}

export class RunClock {
  readonly #line: TrainLine;
  readonly #course: Course;
  readonly #started = performance.now();
  #mark = this.#started;
  #waited = 0;
  #dataSeconds = 0;
  /** Tokens from the first step up to and including each step. */
  readonly #tokens: number[] = [];
  #reportedStep: number | null = null;
  #loss: number | null = null;

  constructor(line: TrainLine, course: Course) {
    this.#line = line;
    this.#course = course;
  }

  /** The last reported loss. */
  get loss(): number | null {
    return this.#loss;
  }

  /** Steps whose rows were sent to the trainer. */
  get sent(): number {
    return this.#course.firstStep + this.#tokens.length;
  }

  /** Steps that are done; null: the trainer has not reported any. */
  get step(): number | null {
    return this.#course.reported ? this.#reportedStep : this.sent;
  }

  /** Call when a step's rows have been read. */
  got(): void {
    this.#dataSeconds = (performance.now() - this.#mark) / 1000;
    this.#waited += this.#dataSeconds;
  }

  /** Call when the trainer has taken a step's rows. */
  did(tokens: number, metrics: Metrics | undefined): StepTimes {
    const now = performance.now();
    const seconds = (now - this.#mark) / 1000;
    this.#mark = now;
    this.#tokens.push((this.#tokens.at(-1) ?? 0) + tokens);
    if (metrics !== undefined) this.#note(metrics);
    this.#show(false);
    return { tokens, seconds: rounded(seconds), dataSeconds: rounded(this.#dataSeconds) };
  }

  /** Call with metrics that the trainer reported outside of a step. */
  heard(metrics: Metrics): void {
    const { step } = metrics;
    if (typeof step === 'number' && Number.isSafeInteger(step) && step >= this.#course.firstStep) {
      // The report may arrive before our write of the step's rows has returned, but no later step can be done.
      this.#reportedStep = Math.max(this.#reportedStep ?? 0, Math.min(step, this.sent) + 1);
    }
    this.#note(metrics);
    this.#show(false);
  }

  end(): void {
    this.#show(true);
  }

  #note({ loss }: Metrics): void {
    // JSON writes NaN and Infinity as null.
    const number = loss === null ? Number.NaN : loss;
    if (typeof number !== 'number') return;
    if (!Number.isFinite(number) && (this.#loss === null || Number.isFinite(this.#loss))) {
      this.#line.log(`the loss is ${number} from this step on (null in metrics.jsonl): the run has diverged`);
    }
    this.#loss = number;
  }

  #show(last: boolean): void {
    const { firstStep, steps } = this.#course;
    const seconds = (performance.now() - this.#started) / 1000;
    const { step, sent } = this;
    const tokens = this.#tokens[(step ?? sent) - firstStep - 1] ?? this.#tokens.at(-1) ?? 0;
    this.#line.show(
      { step, sent, steps, firstStep, tokens, loss: this.#loss, seconds, waited: this.#waited },
      last,
    );
  }
}

function rounded(seconds: number): number {
  return Math.round(seconds * 1e6) / 1e6;
}
