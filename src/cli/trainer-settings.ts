/** `--set NAME=VALUE`, as often as there are settings. */
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
  // In one order: a checkpoint is of the same run whichever way they were typed.
  return Object.fromEntries(pairs.sort(([a], [b]) => (a < b ? -1 : 1)));
}
