/** A real S3 server over a temporary folder: .tools/versitygw of scripts/s3-server.sh, on loopback. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { RemoteSettings } from '../../src/storage/remote/remote-storage.ts';
import { patienceOf } from '../../src/storage/remote/retry.ts';
import { s3Client } from '../../src/storage/remote/s3-client.ts';
import { s3Settings } from '../../src/storage/remote/s3-settings.ts';
import { answers, freePort } from './ports.ts';

const binary = join(import.meta.dirname, '../../.tools/versitygw');

/** Why there is none here; null if there is. LONGMIX_REQUIRE_S3=1 makes that a failure. */
export function s3Missing(): string | null {
  if (existsSync(binary)) return null;
  const why = 'no .tools/versitygw (scripts/s3-server.sh makes it)';
  if (process.env.LONGMIX_REQUIRE_S3 === '1') throw new Error(why);
  return why;
}

export interface S3Server {
  /** `http://127.0.0.1:PORT` */
  readonly endpoint: string;
  /** What a client needs to reach it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Objects of a bucket lie in the folder of its name. */
  readonly folder: string;
  stop(): void;
}

/** Registered when a test file imports this: a hook of a hook would never run, and servers would outlive the tests. */
const running: (() => void)[] = [];
afterAll(() => {
  for (const stop of running.splice(0)) stop();
});

const keys = { AWS_ACCESS_KEY_ID: 'test-key', AWS_SECRET_ACCESS_KEY: 'planted-secret-of-the-tests' };

/**
 * A server with one bucket, which ends with the tests of the file.
 * @param tls files of a certificate and its key
 */
export async function startS3(bucket: string, tls?: { cert: string; key: string }): Promise<S3Server> {
  const folder = mkdtempSync(join(tmpdir(), 'longmix-s3-'));
  mkdirSync(join(folder, 'data'));
  const { port, child } = await listening(
    join(folder, 'data'),
    tls === undefined ? [] : ['--cert', tls.cert, '--key', tls.key],
  );
  const endpoint = `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`;
  const stop = () => {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  running.push(stop);
  // Nothing of the user's own settings.
  const nowhere = join(folder, 'none');
  const files = { HOME: nowhere, AWS_CONFIG_FILE: nowhere, AWS_SHARED_CREDENTIALS_FILE: nowhere };
  const environment = { ...keys, ...files, AWS_ENDPOINT_URL_S3: endpoint, AWS_REGION: 'us-east-1' };
  // A folder does for a bucket, where the client does not trust the certificate yet.
  if (tls === undefined) await makeBucket(environment, bucket);
  else mkdirSync(join(folder, 'data', bucket));
  return { endpoint, environment, folder: join(folder, 'data'), stop };
}

async function listening(
  folder: string,
  tls: readonly string[],
): Promise<{ port: number; child: ChildProcess }> {
  for (let tried = 0; tried < 5; tried += 1) {
    const port = await freePort();
    const child = spawn(
      binary,
      [
        '--port',
        `127.0.0.1:${port}`,
        '--region',
        'us-east-1',
        '--quiet',
        '--keep-alive',
        ...tls,
        'posix',
        folder,
      ],
      {
        env: {
          ...process.env,
          ROOT_ACCESS_KEY: keys.AWS_ACCESS_KEY_ID,
          ROOT_SECRET_KEY: keys.AWS_SECRET_ACCESS_KEY,
        },
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    process.once('exit', () => child.kill('SIGKILL'));
    let said = '';
    child.stderr?.on('data', (data: Buffer) => (said += data.toString()));
    if (await answers(port, child)) return { port, child };
    // Another program may have taken the port in between; anything else is shown.
    if (!/address already in use/.test(said)) throw new Error(`versitygw does not start: ${said}`);
  }
  throw new Error('no free port for versitygw');
}

async function makeBucket(environment: RemoteSettings['environment'], bucket: string): Promise<void> {
  const settings = { environment, patience: patienceOf() };
  const client = s3Client('s3', bucket, s3Settings(environment, 's3://'), settings);
  await client.ask({ method: 'PUT', key: null }, async (answer) => await answer.gather());
}
