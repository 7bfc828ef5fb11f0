/** A real server of Azure's blobs, in memory: .tools/azurite of scripts/azure-server.sh, on loopback. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { encodePath } from '../../src/storage/remote/address.ts';
import { azureVersion } from '../../src/storage/remote/azure-client.ts';
import { authorization } from '../../src/storage/remote/azure-sign.ts';
import { answers, freePort } from './ports.ts';

const folder = join(import.meta.dirname, '../../.tools/azurite');

/** Why there is none here; null if there is. LONGMIX_REQUIRE_AZURE=1 makes that a failure. */
export function azureMissing(): string | null {
  if (existsSync(join(folder, 'version'))) return null;
  const why = 'no .tools/azurite (scripts/azure-server.sh makes it)';
  if (process.env.LONGMIX_REQUIRE_AZURE === '1') throw new Error(why);
  return why;
}

export interface AzureServer {
  /** `http://127.0.0.1:PORT/ACCOUNT` */
  readonly endpoint: string;
  readonly account: string;
  readonly key: Buffer;
  /** What a client needs to reach it, with the key. */
  readonly environment: Readonly<Record<string, string>>;
  /** `PUT` of a container (`?restype=container`) or a blob below the endpoint. */
  put(path: string, content?: Uint8Array, headers?: Readonly<Record<string, string>>): Promise<void>;
  remove(path: string): Promise<void>;
}

const running: ChildProcess[] = [];
afterAll(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});

/** A server with one container, which ends with the tests of the file. */
export async function startAzure(container: string): Promise<AzureServer> {
  const account = 'testaccount';
  const key = Buffer.from('the+planted+key+of+tests', 'base64');
  const port = await listening(`${account}:${key.toString('base64')}`);
  const endpoint = `http://127.0.0.1:${port}/${account}`;
  const send = async (
    method: string,
    path: string,
    query: Record<string, string>,
    more: Readonly<Record<string, string>>,
    content?: Uint8Array,
  ) => {
    const url = new URL(`${endpoint}/${encodePath(path)}`);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    const headers: Record<string, string> = {
      'x-ms-version': azureVersion,
      'x-ms-date': new Date().toUTCString(),
      'content-length': String(content?.length ?? 0),
      ...more,
    };
    headers.authorization = authorization({ method, path: url.pathname, query, headers }, account, key);
    const answer = await fetch(url, {
      method,
      headers,
      body: content === undefined ? null : Buffer.from(content),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    await answer.arrayBuffer();
  };
  await send('PUT', container, { restype: 'container' }, {});
  return {
    ...{ endpoint, account, key },
    environment: {
      AZURE_STORAGE_ACCOUNT: account,
      AZURE_STORAGE_KEY: key.toString('base64'),
      AZURE_STORAGE_SERVICE_ENDPOINT: endpoint,
    },
    put: async (path, content, headers = {}) =>
      content === undefined
        ? await send('PUT', path, { restype: 'container' }, headers)
        : await send('PUT', path, {}, { 'x-ms-blob-type': 'BlockBlob', ...headers }, content),
    remove: async (path) => await send('DELETE', path, {}, {}),
  };
}

/** @param accounts NAME:KEY */
async function listening(accounts: string): Promise<number> {
  for (let tried = 0; tried < 5; tried += 1) {
    const port = await freePort();
    const child = spawn(
      process.execPath,
      [
        join(folder, 'node_modules/azurite/dist/src/blob/main.js'),
        ...['--blobHost', '127.0.0.1', '--blobPort', String(port), '--inMemoryPersistence'],
        ...['--disableTelemetry', '--silent'],
      ],
      { env: { ...process.env, AZURITE_ACCOUNTS: accounts }, stdio: ['ignore', 'ignore', 'pipe'] },
    );
    running.push(child);
    process.once('exit', () => child.kill('SIGKILL'));
    let said = '';
    child.stderr?.on('data', (data: Buffer) => (said += data.toString()));
    if (await answers(port, child)) return port;
    // Another program may have taken the port in between; anything else is shown.
    if (!/EADDRINUSE/.test(said)) throw new Error(`azurite does not start: ${said}`);
  }
  throw new Error('no free port for azurite');
}
