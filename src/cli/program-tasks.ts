/** The part of program.ts that is about work in other processes: the flags of engines, and the commands `worker` and `jobs`. */
import { type Command, Option } from 'commander';

export function collect(value: string, before: readonly string[]): string[] {
  return [...before, value];
}

/** Adds the flags that say where tasks run. */
export function withEngineFlags(command: Command): Command {
  const about =
    'where tasks run: threads, here; slurm: as its jobs; by-hand: write a list of them for longmix worker, and stop; script: print a shell script that runs all lists, for any other scheduler';
  return (
    command
      .addOption(
        new Option('--engine <name>', about)
          .choices(['threads', 'slurm', 'by-hand', 'script'])
          .default('threads'),
      )
      .option('--tasks <n>', 'with an engine: divide each list among at most N jobs (default: 100)')
      .option('--tasks-per-job <k>', 'or: run K tasks of a list in each job')
      .option('--concurrency <n>', 'how many jobs run at once (default: as many as there is room for)')
      .option('--retries <n>', 'how often a job that got nothing done is submitted again (default: 2)')
      .option(
        '--engine-set <key=value>',
        'an option of the engine, such as partition=NAME or time=1:00:00; may be repeated',
        collect,
      )
      // Not a default of the option, which help would show.
      .setOptionValue('engineSet', [])
      .option('--dry-run', 'with an engine: print what would be submitted, and submit nothing')
      .option('--detach', 'with an engine: submit the rest of the build too, and give the terminal back')
  );
}

export function addTaskCommands(program: Command, signal: AbortSignal): void {
  program
    .command('worker')
    .argument('<job>', 'a list of tasks, which build --engine by-hand writes and names')
    .description('run tasks of a list by number, here or on any machine that shares its folder')
    .option('--task <n>', 'the task of this number, from 0')
    .option('--tasks <list>', 'tasks by their numbers, one after the other: 0-63, or 3,7-9')
    .option('--tasks-per-job <k>', 'with --task: task 0 stands for the first K tasks, task 1 for the next K')
    .option('--of <n>', 'with --task: the list is divided into N shares, and task 0 stands for the first')
    .option('--workers <n>', 'threads that share the tasks', '1')
    .option('--memory <size>', 'limit of the memory to use, at least 384MB', '4GB')
    .option('--cache <dir>', 'keep what is read of remote files there (or the variable LONGMIX_INPUT_CACHE)')
    .option(
      '--cache-size <size>',
      'limit of that folder; what was used longest ago goes first (default: 100GB)',
    )
    .option('--quiet', 'errors only')
    .addHelpText(
      'after',
      `
Exit codes: 0 done, or was done before; 1 try again; 2 a mistake of the user's, which trying again does not help.
SIGTERM and SIGUSR1 stop it between two chunks, with 1.`,
    )
    .action(async (job, flags) => (await import('./worker.ts')).runWorkerCommand(job, flags, signal));
  program
    .command('jobs')
    .argument('<out>', 'the folder of a build, an ablation or a token store')
    .description(
      'show the lists of tasks of a build that runs elsewhere: done, running, waiting, failed, and why',
    )
    .option('--lines <n>', 'last lines to show of the log of a task that failed', '5')
    .option('--json', 'print JSON on stdout')
    .action(async (out, flags) => (await import('./jobs.ts')).runJobs(out, flags));
}
