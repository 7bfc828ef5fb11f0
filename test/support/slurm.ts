/** A real Slurm of two nodes on loopback, in a temporary folder (scripts/slurm.sh), and what tests do to it. */
import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const script = join(import.meta.dirname, '../../scripts/slurm.sh');
const programs = '/usr/sbin:/usr/bin:/sbin:/bin'.split(':');

/** Why there is none here; null if there is. LONGMIX_REQUIRE_SLURM=1 makes that a failure. */
export function slurmMissing(): string | null {
  const missing = ['slurmctld', 'slurmd', 'munged', 'sbatch'].filter(
    (name) => !programs.some((folder) => existsSync(join(folder, name))),
  );
  const why =
    missing.length > 0
      ? `no ${missing.join(', ')} (scripts/slurm.sh install)`
      : process.getuid?.() === 0
        ? null
        : 'only root can start the daemons of Slurm';
  if (why !== null && process.env.LONGMIX_REQUIRE_SLURM === '1') throw new Error(why);
  return why;
}

export interface SlurmCluster {
  readonly folder: string;
  /** Runs a command of Slurm. */
  call(program: string, ...args: string[]): Promise<string>;
  /** Starts what does not run. */
  up(): Promise<void>;
  /** Cancels all jobs, and waits until none is left. */
  clear(): Promise<void>;
  /** Kills a node's daemon at once. */
  killNode(name: 'nodeA' | 'nodeB'): void;
  /** Ends the controller, which saves its state. (One that is killed gives out again the numbers of jobs that still run.) */
  stopController(): Promise<void>;
  startController(): void;
  down(): void;
}

/** Sets SLURM_CONF of this process, so that commands that tests start find the cluster. */
export async function startSlurm(): Promise<SlurmCluster> {
  const folder = mkdtempSync(join(tmpdir(), 'longmix-slurm-'));
  const [control, node] = await freePorts();
  const environment = { ...process.env, SLURM_CTLD_PORT: String(control), SLURM_NODE_PORT: String(node) };
  process.env.SLURM_CONF = join(folder, 'slurm.conf');
  const cluster: SlurmCluster = {
    folder,
    call: async (program, ...args) => (await run(program, args)).stdout,
    // Its daemons keep what they are given open, so they are given nothing.
    up: () =>
      new Promise((resolve, reject) => {
        const child = execFile(script, ['up', folder], { env: environment });
        child.on('exit', (code) => {
          child.stdout?.destroy();
          child.stderr?.destroy();
          if (code === 0) resolve();
          else reject(new Error(`slurm did not come up: ${code}`));
        });
      }),
    startController() {
      const conf = ['-f', join(folder, 'slurm.conf')];
      spawnSync('slurmctld', conf, {
        stdio: 'ignore',
        env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` },
      });
    },
    async clear() {
      for (const end = Date.now() + 20_000; Date.now() < end; ) {
        const ids = (await cluster.call('squeue', '-h', '-o', '%F')).trim();
        if (ids === '') return;
        await cluster.call('scancel', ...new Set(ids.split('\n')));
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    },
    killNode: (name) => process.kill(pidOf(join(folder, name, 'slurmd.pid')), 'SIGKILL'),
    async stopController() {
      const pid = pidOf(join(folder, 'slurmctld.pid'));
      process.kill(pid, 'SIGTERM');
      for (const end = Date.now() + 20_000; Date.now() < end && runs(pid); )
        await new Promise((resolve) => setTimeout(resolve, 20));
    },
    down() {
      spawnSync(script, ['down', folder], { stdio: 'ignore', timeout: 60_000 });
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await cluster.up();
  return cluster;
}

function pidOf(file: string): number {
  return Number(readFileSync(file, 'utf8'));
}

/** A process that has ended and is not collected by its parent has no words any more. */
function runs(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8') !== '';
  } catch {
    return false;
  }
}

export interface WorkerProcess {
  readonly pid: number;
  readonly parent: number;
  readonly node: string;
}

/** The processes of `longmix worker` that run tasks of a list below a folder. */
export function workersBelow(folder: string): WorkerProcess[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const words = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0');
      if (words[2] !== 'worker' || words[3]?.startsWith(folder) !== true) return [];
      const node = /SLURMD_NODENAME=(\w+)/.exec(readFileSync(`/proc/${name}/environ`, 'utf8'))?.[1] ?? '';
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
      return [{ pid: Number(name), parent, node }];
    } catch {
      // It has just ended.
      return [];
    }
  });
}

/** A port for the controller, and one with a free port after it for the nodes. */
async function freePorts(): Promise<[control: number, node: number]> {
  for (;;) {
    const [control, node] = [await freePort(), await freePort()];
    if (control !== node + 1 && (await isFree(node + 1))) return [control, node];
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer().once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
