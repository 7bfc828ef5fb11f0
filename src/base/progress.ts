/** What a long command reports while it works: stages that advance, and remarks. `report/` has the ways to show it. */
export interface Progress {
  /** Begins a stage. `total` is in the stage's unit: 'B' (bytes of input) or 'rows'. */
  start(stage: string, total: number, unit: 'B' | 'rows'): void;
  /** `done` is in the stage's unit; `tokens` serve to compute the rate. */
  advance(done: number, tokens: number): void;
  end(): void;
  /** Something that the user should read. */
  note(message: string): void;
  /** Something useful to know, such as work that could be skipped. */
  aside(message: string): void;
}

export const noProgress: Progress = { start() {}, advance() {}, end() {}, note() {}, aside() {} };

/** What a task reports while it works. */
export interface TaskProgress {
  /** Work done since the last report, in the stage's unit (bytes of text, rows). */
  readonly done: number;
  readonly tokens: number;
  /** Requests that were sent again since the last report, by the place that they went to. */
  readonly retries?: Readonly<Record<string, number>>;
  /** What the task waits for, in words. */
  readonly waiting?: string;
}
