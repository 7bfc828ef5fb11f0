/** Parses a trainer's settings: `--set NAME=VALUE`, once per setting. */
import { LongmixError } from '../errors.ts';

/** @throws LongmixError `flag-invalid` */
export function settingsOf(typed: readonly string[]): Record<string, string> {
  const pairs = typed.map((text) => {
    const at = text.indexOf('=');
    if (at < 1) {
      throw new LongmixError('flag-invalid', `--set: found "${text}"`, { cure: 'use --set NAME=VALUE' });
    }
    return [text.slice(0, at), text.slice(at + 1)] as const;
  });
  // Sort them, so that a checkpoint belongs to the same run in whichever order they were typed.
  return Object.fromEntries(pairs.sort(([a], [b]) => (a < b ? -1 : 1)));
}
