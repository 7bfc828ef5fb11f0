/** `longmix verify`: exit code 0 if all is as recorded, 1 if anything is off. */
import { bytes } from '../report/format.ts';
import { verify } from '../run/verify.ts';

interface Flags {
  readonly deep?: boolean;
  readonly json?: boolean;
}

const shown = 20;

export function runVerify(folder: string, flags: Flags): void {
  const result = verify(folder, flags.deep === true);
  const { folders, files, faults } = result;
  if (faults.length > 0) process.exitCode = 1;
  if (flags.json === true) {
    process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
    return;
  }
  if (faults.length === 0) {
    process.stdout.write(`ok: ${folders.join(', ')}: ${files} files, ${bytes(result.bytes)}\n`);
    return;
  }
  const more = faults.length > shown ? [`... and ${faults.length - shown} more`] : [];
  process.stdout.write(`${[...faults.slice(0, shown), ...more].join('\n')}\n`);
  process.stderr.write(`longmix: ${faults.length} faults; build again with --fresh\n`);
}
