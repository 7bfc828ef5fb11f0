/** `longmix jobs`: the lists of tasks of a build that runs elsewhere, and what is known of them. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { isUrl } from '../base/is-url.ts';
import { counted, duration } from '../base/words.ts';
import { LongmixError } from '../errors.ts';
import { askSlurm } from '../execute/engines/slurm.ts';
import { jobsFolder } from '../execute/job-file.ts';
import { type FailedTask, type ListReport, reportList } from '../execute/list-report.ts';
import { shownAddress } from '../storage/remote/address.ts';

interface Flags {
  readonly lines: string;
  readonly json?: boolean;
}

export async function runJobs(out: string, flags: Flags): Promise<void> {
  const lines = /^\d{1,4}$/.test(flags.lines) ? Number(flags.lines) : -1;
  if (lines < 0)
    throw new LongmixError('flag-invalid', `--lines: found "${flags.lines}"`, { cure: 'use a whole number' });
  if (isUrl(out)) {
    throw new LongmixError('remote-unsupported', 'longmix jobs looks at folders only', {
      where: shownAddress(out),
      cure: 'run the build command again with --engine by-hand: it says which tasks are left',
    });
  }
  const lists = listsBelow(resolve(out));
  if (lists.length === 0) {
    throw new LongmixError('job-missing', `there is no list of tasks in ${out}`, {
      cure: 'give the folder of a build by --engine slurm, by-hand or script; a token store of its own has its own lists',
    });
  }
  const reports: ListReport[] = [];
  for (const list of lists) reports.push(await reportList(list, orNull, lines));
  process.stdout.write(
    flags.json === true ? `${JSON.stringify(reports, null, 2)}\n` : reports.map(reportText).join('\n'),
  );
}

/** Where there is no Slurm, or it does not answer, receipts and logs say what they know. */
async function orNull(list: Parameters<typeof askSlurm>[0]): ReturnType<typeof askSlurm> {
  try {
    return await askSlurm(list);
  } catch (error) {
    if (error instanceof LongmixError && error.code === 'engine-missing') return null;
    throw error;
  }
}

/** Lists of a folder and of those in it (a build's store, an ablation's arms), in the order in which they are run. */
function listsBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const below = readdirSync(folder)
    .filter((name) => !name.startsWith('.') && statSync(join(folder, name)).isDirectory())
    .map((name) => join(folder, name));
  const order = ['tokenize', 'gather', 'shard'];
  // Of a stage with several lists, each has its fingerprint in its name.
  const stageOf = (path: string) => order.indexOf(/([a-z]+)(-[0-9a-f]{8})?\.jsonl$/.exec(path)?.[1] ?? '');
  return [...below, folder]
    .map(jobsFolder)
    .filter((jobs) => existsSync(jobs))
    .flatMap((jobs) =>
      readdirSync(jobs)
        .sort()
        .map((name) => join(jobs, name)),
    )
    .filter((path) => stageOf(path) >= 0)
    .sort((a, b) => stageOf(a) - stageOf(b));
}

function reportText(report: ListReport): string {
  const { stage, list, tasks, done, running, waiting, failed, perMinute, secondsLeft, jobs } = report;
  const folder = relative(process.cwd(), resolve(list, '../../..')) || '.';
  const rate = perMinute === null || done === tasks ? '' : `; ${perMinute.toPrecision(2)} a minute`;
  const left = secondsLeft === null || done === tasks ? '' : `, about ${duration(secondsLeft)} left`;
  const counts = [`${done} done`, `${running} running`, `${failed.length} failed`, `${waiting} waiting`];
  const queue = jobs === null || jobs.length === 0 ? '' : `  jobs ${jobs.join(', ')}\n`;
  const head = `${stage}  ${folder}  ${counted(tasks, 'task')}: ${counts.join(', ')}${rate}${left}\n`;
  return `${head}${queue}${failed.map(failedText).join('')}`;
}

function failedText({ task, host, time, message, where, cure, log, lines }: FailedTask): string {
  const place = where === undefined ? '' : `${where}: `;
  const way = cure === undefined ? '' : `    ${cure}\n`;
  const shown = lines.map((line) => `    | ${line}\n`).join('');
  return `  task ${task} failed on ${host} at ${time}: ${place}${message}\n${way}    ${log}\n${shown}`;
}
