/** `longmix serve` as a process: its flags, TLS, and how it is stopped. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { get as secureGet } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectMessage, longmix, spawnLongmix } from '../support/command.ts';
import { builtFolder, streamedSteps } from '../support/feed.ts';

const folder = mkdtempSync(join(tmpdir(), 'longmix-serve-'));
let out = '';
beforeAll(async () => {
  out = await builtFolder(folder, 'plain');
  writeFileSync(join(folder, 'token'), 'abcdefghijklmnopqrstuvwxyz\n');
  writeFileSync(join(folder, 'short'), 'abc\n');
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs it until `use` is done with the address, then ends it with the signal. */
async function served(
  flags: readonly string[],
  signal: 'SIGINT' | 'SIGTERM',
  use: (address: string) => Promise<void>,
): Promise<{ code: number | null; stderr: string }> {
  const child = spawnLongmix(['serve', out, '--port', '0', ...flags]);
  let stderr = '';
  const address = new Promise<string>((resolve, reject) => {
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
      const found = /is served at (\S+)\n/.exec(stderr);
      if (found !== null) resolve(found[1]!);
    });
    child.on('exit', () => reject(new Error(stderr)));
  });
  const ended = once(child, 'close');
  try {
    await use(await address);
  } finally {
    child.kill(signal);
  }
  const [code] = (await ended) as [number | null];
  return { code, stderr };
}

describe('longmix serve', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('serves until %s', async (signal, code) => {
    const outcome = await served([], signal, async (address) => {
      const response = await fetch(`${address}/v1/stream?steps=2`);
      expect(streamedSteps(new Uint8Array(await response.arrayBuffer()))).toHaveLength(2);
    });
    expect(outcome.code).toBe(code);
    expect(outcome.stderr).toMatch(/^longmix: \S.* is served at http:\/\/127\.0\.0\.1:\d+\n$/);
  });

  it('stops in seconds though a stream is open that nobody reads', async () => {
    let begun = 0;
    const { code } = await served([], 'SIGTERM', async (address) => {
      await fetch(`${address}/v1/stream?steps=4294967295`);
      begun = Date.now();
    });
    expect(code).toBe(143);
    expect(Date.now() - begun).toBeLessThan(6000);
  });

  it('takes a token from a file', async () => {
    await served(['--token-file', join(folder, 'token')], 'SIGTERM', async (address) => {
      const code = async (headers: Record<string, string>) =>
        (await fetch(`${address}/v1/manifest`, { headers })).status;
      expect(await code({})).toBe(401);
      expect(await code({ authorization: 'Bearer abcdefghijklmnopqrstuvwxyz' })).toBe(200);
    });
  });

  it('speaks TLS with a key that it is given', async (context) => {
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
    try {
      const made = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
      execFileSync('openssl', ['req', '-x509', ...made, '-keyout', key, '-out', cert, ...subject], {
        stdio: 'ignore',
      });
    } catch {
      context.skip('no openssl to make a certificate with');
    }
    await served(['--tls-key', key, '--tls-cert', cert], 'SIGTERM', async (address) => {
      expect(address).toMatch(/^https:/);
      const asked = secureGet(`${address}/v1/stream?steps=3`, { ca: readFileSync(cert), agent: false });
      const [response] = (await once(asked, 'response')) as [IncomingMessage];
      const chunks = await response.toArray();
      expect(streamedSteps(Buffer.concat(chunks))).toHaveLength(3);
    });
    const mismatch = await longmix(['serve', out, '--tls-key', cert, '--tls-cert', cert]);
    expectMessage(mismatch, 2, '--tls-key and --tls-cert', 'PEM');
  });

  it.each([
    [['--host', '0.0.0.0'], /can be reached from other machines/, /--token-file/],
    [['--host', '::'], /can be reached from other machines/],
    [['--token-file', 'short'], /at least 16 letters/],
    [['--token-file', 'nowhere'], /cannot read .*nowhere: no such file or directory/],
    [['--tls-key', 'token'], /must be given together/],
    [['--port', '65536'], /--port: found "65536"/],
    [['--idle-timeout', '0'], /--idle-timeout/],
    [['--max-connections', 'many'], /--max-connections/],
    [['--rows-per-step', '0'], /--rows-per-step/],
  ] as [string[], ...RegExp[]][])('refuses %j', async (flags, ...parts) => {
    const named = flags.map((flag) => (/^(short|nowhere|token)$/.test(flag) ? join(folder, flag) : flag));
    expectMessage(await longmix(['serve', out, ...named]), 2, ...parts);
  });

  it('says when the port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    expectMessage(
      await longmix(['serve', out, '--port', `${port}`]),
      1,
      'another program listens there',
      '--port',
    );
    other.close();
  });
});
