/** Checks that the program of a source's `command:` exists, before anything is read. */

import { delimiter, join } from 'node:path';
import { LongmixError } from '../../errors.ts';
import { checkAccess, statOf } from '../../storage/files.ts';

/** @throws LongmixError `command-missing` */
export function refuseMissingProgram(source: string, [program]: readonly string[]): void {
  const isPath = /[\\/]/.test(program!);
  const folders = (process.env.PATH ?? '').split(delimiter);
  if (isPath ? isProgram(program!) : folders.some((folder) => isProgram(join(folder, program!)))) return;
  throw new LongmixError('command-missing', `source "${source}": there is no program ${program}`, {
    cure: isPath
      ? 'check its path in command: (relative to the recipe), and that it may be executed (chmod +x)'
      : 'install it, or give its path in command:',
  });
}

function isProgram(path: string): boolean {
  try {
    checkAccess(path, 'run');
    return statOf(path)?.kind === 'file';
  } catch {
    return false;
  }
}
