/** `longmix serve`: serves every rank's batches over HTTP. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { LongmixError, systemReason } from '../errors.ts';
import { type FeedSets, openSetsAt } from '../feed/rows/sets.ts';
import { isLoopback } from '../feed/serve/access.ts';
import { type FeedServer, feedServer, type ServeOptions } from '../feed/serve/server.ts';
import { shownAddress } from '../storage/remote/address.ts';
import { type FeedFlags, feedOptions, wholeNumber } from './feed-flags.ts';
import { interruptedExitCode } from './interrupted.ts';

interface Flags extends FeedFlags {
  readonly host: string;
  readonly port: string;
  readonly tokenFile?: string;
  readonly tlsKey?: string;
  readonly tlsCert?: string;
  readonly maxConnections: string;
  readonly idleTimeout: string;
}

const tokenVariable = 'LONGMIX_TOKEN';
const shortestToken = 16;

export async function runServe(place: string, flags: Flags, signal: AbortSignal): Promise<void> {
  const { host } = flags;
  const port = wholeNumber('--port', flags.port, 0, 65_535);
  const options: ServeOptions = {
    ...feedOptions(flags),
    token: tokenOf(flags),
    tls: tlsOf(flags),
    maxConnections: wholeNumber('--max-connections', flags.maxConnections, 1, 100_000),
    idleSeconds: wholeNumber('--idle-timeout', flags.idleTimeout, 1, 86_400),
    onError: (message) => say(message),
  };
  const opened = await openSetsAt(place);
  const { server, stop } = startable(opened, options);
  server.listen({ host, port });
  try {
    await once(server, 'listening');
  } catch (cause) {
    throw cannotListen(host, port, cause as NodeJS.ErrnoException);
  }
  say(`${shownAddress(place)} is served at ${address(host, server.address() as AddressInfo, options)}`);
  if (!isLoopback(host) && options.tls === null) {
    say(
      'warning: without --tls-key and --tls-cert, anyone on the network path can read the token and the rows',
    );
  }
  if (!signal.aborted) await once(signal, 'abort');
  await stop();
  for (const { files } of opened.sets) files.close();
  process.exitCode = interruptedExitCode(signal);
}

/** Creates the server, and reports a bad key or certificate, which Node reads at this point. */
function startable(opened: FeedSets, options: ServeOptions): FeedServer {
  try {
    return feedServer(opened, options);
  } catch (cause) {
    if (cause instanceof LongmixError || options.tls === null) throw cause;
    throw new LongmixError('tls-invalid', `--tls-key and --tls-cert: ${(cause as Error).message}`, {
      cure: 'both must be PEM files, and the certificate must belong to the key',
      cause,
    });
  }
}

function tokenOf({ host, tokenFile }: Flags): string | null {
  const token =
    tokenFile === undefined ? process.env[tokenVariable] : readNamed('--token-file', tokenFile).toString();
  const trimmed = token?.trim() ?? '';
  if (token === undefined || (tokenFile === undefined && trimmed === '')) {
    if (isLoopback(host)) return null;
    throw new LongmixError(
      'token-missing',
      `--host ${host} can be reached from other machines: a token is needed`,
      {
        cure: `openssl rand -hex 32 > token; then give --token-file token, or put it into ${tokenVariable}`,
      },
    );
  }
  if (/^[\x21-\x7e]+$/.test(trimmed) && trimmed.length >= shortestToken) return trimmed;
  throw new LongmixError(
    'token-weak',
    `a token needs at least ${shortestToken} letters and digits, and no spaces`,
    {
      cure: 'make one: openssl rand -hex 32',
    },
  );
}

function tlsOf({ tlsKey, tlsCert }: Flags): ServeOptions['tls'] {
  if (tlsKey === undefined && tlsCert === undefined) return null;
  if (tlsKey === undefined || tlsCert === undefined) {
    throw new LongmixError('flag-invalid', '--tls-key and --tls-cert must be given together', {
      cure: 'give both',
    });
  }
  return { key: readNamed('--tls-key', tlsKey), cert: readNamed('--tls-cert', tlsCert) };
}

function readNamed(flag: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new LongmixError('flag-invalid', `${flag}: cannot read ${path}: ${systemReason(cause)}`, {
      cure: 'check the path, and that you may read the file',
      cause,
    });
  }
}

function cannotListen(host: string, port: number, cause: NodeJS.ErrnoException): LongmixError {
  const cure =
    cause.code === 'EADDRINUSE' ? 'choose another --port, or 0 for any free port' : 'check --host and --port';
  return new LongmixError('cannot-listen', `cannot listen on ${host} port ${port}: ${systemReason(cause)}`, {
    cure,
    exitCode: 1,
    cause,
  });
}

function address(host: string, { port }: AddressInfo, { tls }: ServeOptions): string {
  return `${tls === null ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function say(message: string): void {
  process.stderr.write(`longmix: ${message}\n`);
}
