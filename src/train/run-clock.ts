/** Where the time of a run goes: waiting for rows, or the trainer. Feeds the progress line and metrics.jsonl. */
import type { TrainLine } from './train-line.ts';
import type { Metrics } from './trainer.ts';

export interface StepTimes {
  readonly tokens: number;
  /** From the step before to this one. */
  readonly seconds: number;
  /** Of these, waiting for rows. */
  readonly dataSeconds: number;
}

export class RunClock {
  readonly #line: TrainLine;
  readonly #firstStep: number;
  readonly #steps: number;
  readonly #started = performance.now();
  #mark = this.#started;
  #waited = 0;
  #dataSeconds = 0;
  #tokens = 0;
  #step: number;
  #loss: number | null = null;

  constructor(line: TrainLine, firstStep: number, steps: number) {
    this.#line = line;
    this.#firstStep = firstStep;
    this.#step = firstStep;
    this.#steps = steps;
  }

  /** The last one that was told of. */
  get loss(): number | null {
    return this.#loss;
  }

  /** A step's rows are there. */
  got(): void {
    this.#dataSeconds = (performance.now() - this.#mark) / 1000;
    this.#waited += this.#dataSeconds;
  }

  /** @param step steps that are done now */
  did(step: number, tokens: number, metrics: Metrics | undefined): StepTimes {
    const now = performance.now();
    const seconds = (now - this.#mark) / 1000;
    this.#mark = now;
    this.#step = step;
    this.#tokens += tokens;
    if (metrics !== undefined) this.#note(metrics);
    this.#show(false);
    return { tokens, seconds: rounded(seconds), dataSeconds: rounded(this.#dataSeconds) };
  }

  /** Metrics that came by themselves. */
  heard(metrics: Metrics): void {
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
      this.#line.log(`the loss is ${number} from here on, null in metrics.jsonl: the run has diverged`);
    }
    this.#loss = number;
  }

  #show(last: boolean): void {
    const seconds = (performance.now() - this.#started) / 1000;
    this.#line.show(
      {
        ...{ step: this.#step, steps: this.#steps, firstStep: this.#firstStep, tokens: this.#tokens },
        ...{ loss: this.#loss, seconds, waited: this.#waited },
      },
      last,
    );
  }
}

function rounded(seconds: number): number {
  return Math.round(seconds * 1e6) / 1e6;
}
