/** Checks that `--html FILE` can be written, before the work that fills it. */
import { accessSync, constants, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { LongmixError, systemReason } from '../errors.ts';

/** @throws LongmixError `html-unwritable` */
export function refuseReportFile(html: string): void {
  const folder = dirname(resolve(html));
  const refuse = (why: string, cure: string): never => {
    throw new LongmixError('html-unwritable', `--html ${html}: ${why}`, { cure });
  };
  try {
    accessSync(folder, constants.W_OK);
  } catch (cause) {
    refuse(
      `cannot write in ${folder}: ${systemReason(cause)}`,
      'create the folder first, or name another file',
    );
  }
  if (!statSync(folder).isDirectory()) refuse(`${folder} is a file`, 'name a file in a folder');
  if (statSync(html, { throwIfNoEntry: false })?.isDirectory()) {
    refuse('that is a folder', `name a file in it: --html ${html.replace(/\/+$/, '')}/report.html`);
  }
}
