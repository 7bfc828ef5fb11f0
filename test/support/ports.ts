/** Ports on loopback, for servers that tests start. */
import type { ChildProcess } from 'node:child_process';
import { connect, createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Waits until a server listens. false: it has ended, or does not come up; then it was killed. */
export async function answers(port: number, server: ChildProcess): Promise<boolean> {
  const end = Date.now() + 20_000;
  while (server.exitCode === null && Date.now() < end) {
    if (await isOpen(port)) return true;
    await wait(50);
  }
  server.kill('SIGKILL');
  return false;
}

async function isOpen(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
