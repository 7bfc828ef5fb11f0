/**
 * How far a run is, and where its time goes: waiting for rows, or the trainer. Feeds the progress line and metrics.jsonl.
 *
 * A trainer in another process takes rows ahead of its steps, into pipes and buffers: what counts then is the steps that
 * it reports, and until it reports one only that rows were sent.
 */
import type { TrainLine } from './train-line.ts';
import type { Metrics } from './trainer.ts';

export interface StepTimes {
  readonly tokens: number;
  /** From the step before to this one. */
  readonly seconds: number;
  /** Of these, waiting for rows. */
  readonly dataSeconds: number;
}

interface Course {
  readonly firstStep: number;
  readonly steps: number;
  /** The trainer reports its steps, which come later than their rows. */
  readonly reported: boolean;
}

export class RunClock {
  readonly #line: TrainLine;
  readonly #course: Course;
  readonly #started = performance.now();
  #mark = this.#started;
  #waited = 0;
  #dataSeconds = 0;
  /** Tokens up to each step since the first one, that one included. */
  readonly #tokens: number[] = [];
  #reportedStep: number | null = null;
  #loss: number | null = null;

  constructor(line: TrainLine, course: Course) {
    this.#line = line;
    this.#course = course;
  }

  /** The last one that was told of. */
  get loss(): number | null {
    return this.#loss;
  }

  /** Steps whose rows the trainer has. */
  get sent(): number {
    return this.#course.firstStep + this.#tokens.length;
  }

  /** Steps that are done; null: the trainer has not said. */
  get step(): number | null {
    return this.#course.reported ? this.#reportedStep : this.sent;
  }

  /** A step's rows are there. */
  got(): void {
    this.#dataSeconds = (performance.now() - this.#mark) / 1000;
    this.#waited += this.#dataSeconds;
  }

  /** The trainer has taken a step's rows. */
  did(tokens: number, metrics: Metrics | undefined): StepTimes {
    const now = performance.now();
    const seconds = (now - this.#mark) / 1000;
    this.#mark = now;
    this.#tokens.push((this.#tokens.at(-1) ?? 0) + tokens);
    if (metrics !== undefined) this.#note(metrics);
    this.#show(false);
    return { tokens, seconds: rounded(seconds), dataSeconds: rounded(this.#dataSeconds) };
  }

  /** Metrics that came by themselves. */
  heard(metrics: Metrics): void {
    const { step } = metrics;
    if (typeof step === 'number' && Number.isSafeInteger(step) && step >= this.#course.firstStep) {
      // It may report a step before the write of its rows has returned here, and can't have done more.
      this.#reportedStep = Math.max(this.#reportedStep ?? 0, Math.min(step, this.sent) + 1);
    }
    this.#note(metrics);
    this.#show(false);
  }

  end(): void {
    this.#show(true);
  }

  #note({ loss }: Metrics): void {
    // null: what JSON makes of the others.
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
