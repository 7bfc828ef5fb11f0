/** What shells report for a program that a signal ended: 128 + the signal's number. */
export const signalExitCodes = { SIGINT: 130, SIGTERM: 143 } as const;
export type StopSignal = keyof typeof signalExitCodes;

/** So long an interrupted command may take to put its files away. */
let stopSeconds = 3;

/** For a command that waits for others. */
export function allowToStop(seconds: number): void {
  stopSeconds = seconds;
}

export function timeToStop(): number {
  return stopSeconds;
}

let words = () => 'interrupted; finished work is kept, and the same command continues from there';

/** For a command that goes on in another way. @param how asked when it was interrupted */
export function whenInterrupted(how: () => string): void {
  words = how;
}

export function interruptedWords(): string {
  try {
    return words();
  } catch {
    // The folder that they are about can't be read: what is there to go on from is unknown.
    return 'interrupted';
  }
}

/** @param signal aborted with the name of the signal as its reason */
export function interruptedExitCode(signal: AbortSignal): number {
  return signalExitCodes[signal.reason as StopSignal];
}
