/** What a command says while an engine runs its tasks: one live line on a terminal, elsewhere a line at most every ten seconds. */
import type { ListState } from '../execute/engines/cluster.ts';

interface Output {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

interface Lines {
  say(words: string): void;
  onState(state: ListState): void;
}

const plainIntervalMs = 10_000;

export function engineLines(output: Output, now: () => number = Date.now): Lines {
  const live = output.isTTY === true;
  let last = '';
  let shown = 0;
  const stamped = (words: string) => `${new Date(now()).toISOString()} ${words}\n`;
  return {
    say: (words) => output.write(live ? `\r\x1b[K${words}\n` : stamped(words)),
    onState(state) {
      const words = stateWords(state);
      const isLast = state.done === state.tasks;
      if (words === last || (!live && !isLast && now() - shown < plainIntervalMs)) return;
      last = words;
      shown = now();
      output.write(live ? `\r\x1b[K${words}${isLast ? '\n' : ''}` : stamped(words));
    },
  };
}

function stateWords({ stage, tasks, done, running, waiting, failed }: ListState): string {
  const counts = [
    running === null ? 'the engine does not answer' : `${running} in running jobs, ${waiting} waiting`,
    ...(failed > 0 ? [`${failed} failed`] : []),
  ];
  return `${stage}: ${done} of ${tasks} tasks done${done === tasks ? '' : `, ${counts.join(', ')}`}`;
}
