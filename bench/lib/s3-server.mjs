/** versitygw on loopback, over a folder: a bucket is a folder in it. */
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** @returns its endpoint, what a client needs in its environment, and a function that ends it */
export async function startServer(folder, bucket) {
  mkdirSync(join(folder, bucket));
  const probe = createServer();
  await new Promise((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  const binary = fileURLToPath(new URL('../../.tools/versitygw', import.meta.url));
  const env = { ...process.env, ROOT_ACCESS_KEY: 'bench', ROOT_SECRET_KEY: 'bench-secret' };
  const args = [
    '--port',
    `127.0.0.1:${port}`,
    '--region',
    'us-east-1',
    '--quiet',
    '--keep-alive',
    'posix',
    folder,
  ];
  const child = spawn(binary, args, { env, stdio: 'ignore' });
  const endpoint = `http://127.0.0.1:${port}`;
  const environment = {
    AWS_ENDPOINT_URL_S3: endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'bench',
    AWS_SECRET_ACCESS_KEY: 'bench-secret',
  };
  for (let tried = 0; tried < 200; tried += 1) {
    if (
      await fetch(endpoint).then(
        () => true,
        () => false,
      )
    )
      return { endpoint, environment, pid: child.pid, stop: () => child.kill() };
    await wait(50);
  }
  throw new Error('versitygw does not start: scripts/s3-server.sh makes it');
}
