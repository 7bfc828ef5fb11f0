/** What a long command says while it works: stages that advance, and remarks. `report/` has the ways to show it. */
export interface Progress {
  /** Begins a stage of `total` of the stage's unit ('B' of input, 'rows'). */
  start(stage: string, total: number, unit: 'B' | 'rows'): void;
  /** `done` of the unit; tokens for the rate. */
  advance(done: number, tokens: number): void;
  end(): void;
  /** Something that the user should read. */
  note(message: string): void;
  /** Something that is good to know, such as work that need not be done. */
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
}
