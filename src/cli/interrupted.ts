/** The exit codes that shells report for a program ended by a signal: 128 + the signal's number. */
export const signalExitCodes = { SIGINT: 130, SIGTERM: 143 } as const;
export type StopSignal = keyof typeof signalExitCodes;

/** Seconds that an interrupted command may take to clean up its files. */
let stopSeconds = 3;

/** Sets the time for a command that must wait for other processes. */
export function allowToStop(seconds: number): void {
  stopSeconds = seconds;
}

export function timeToStop(): number {
  return stopSeconds;
}

let words = () => 'interrupted; finished work is kept, and the same command continues from there';

/** Sets the message for a command that is resumed in its own way. @param how called when the command was interrupted */
export function whenInterrupted(how: () => string): void {
  words = how;
}

export function interruptedWords(): string {
  try {
    return words();
  } catch {
    // The folder can't be read, so it is unknown whether the command can be resumed.
    return 'interrupted';
  }
}

/** @param signal an aborted signal whose reason is the name of the system's signal */
export function interruptedExitCode(signal: AbortSignal): number {
  return signalExitCodes[signal.reason as StopSignal];
}
