/** The client of Azure's blobs against Azurite, Microsoft's own emulator. */
import { createHmac } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { ensureStore } from '../../../src/build/store/token-store.ts';
import { recipeFrom } from '../../../src/recipe/recipe-from.ts';
import { azureVersion } from '../../../src/storage/remote/azure-client.ts';
import { readAhead } from '../../../src/storage/remote/read-ahead.ts';
import type { RemoteStorage } from '../../../src/storage/remote/remote-storage.ts';
import { openRemote } from '../../../src/storage/remote.ts';
import { EndedEarly, readWhole } from '../../../src/storage/storage.ts';
import { folderInputs, recordInputs } from '../../read/inputs.ts';
import { type AzureServer, azureMissing, startAzure } from '../../support/azure-server.ts';
import { allFaults, startFaultProxy } from '../../support/fault-proxy.ts';
import { hashes, temporaryFolder } from '../../support/folder.ts';
import { failureOf, listed } from '../../support/remote.ts';

const missing = azureMissing();
if (missing !== null) console.warn(`skipped: test/storage/remote/azure.test.ts: ${missing}`);

let server: AzureServer;

/** @param more variables, beside those of the server or in their place */
async function at(address: string, more: Record<string, string> = {}): Promise<RemoteStorage> {
  const environment = { ...server.environment, ...more };
  const patience = { tries: 30, firstWait: 1, longestWait: 5, stallSeconds: 0.5 };
  return await openRemote(address, { environment, patience });
}

async function textOf(storage: RemoteStorage, name: string): Promise<string> {
  return (await readWhole(await storage.open(name))).toString();
}

/** A signature for reading and listing one container. https://learn.microsoft.com/rest/api/storageservices/create-service-sas */
function signatureFor(container: string) {
  const end = '2999-01-01T00:00:00Z';
  const fields = ['rl', '', end, `/blob/${server.account}/${container}`, '', '', '', azureVersion, 'c'];
  const text = [...fields, '', '', '', '', '', '', ''].join('\n');
  const sig = createHmac('sha256', server.key).update(text).digest('base64');
  const token = new URLSearchParams({ sp: 'rl', se: end, sv: azureVersion, sr: 'c', sig });
  return { AZURE_STORAGE_KEY: '', AZURE_STORAGE_SAS_TOKEN: `?${token}` };
}

async function storeOf(path: string): Promise<Record<string, string>> {
  const folder = temporaryFolder();
  await ensureStore(recipeFrom({ sources: { corpus: { path } } }), folder, { workers: 1 });
  return hashes(folder);
}

describe.skipIf(missing !== null)('Azure', () => {
  beforeAll(async () => {
    server = await startAzure('corpora');
    Object.assign(process.env, server.environment);
  }, 60_000);

  const odd = [
    ...['a b', 'a+b', 'a&b<c>"d\'', 'ü/ñ/日本', '100%', '%41', 'a=b?c#d;e,f', '(x)!*~', '.hidden', 'a.b/..c'],
    ...['folder/', '😀', '\uE000'],
  ];

  it('lists blobs of odd names in the order of code units with size and stamp, and reads them', async () => {
    for (const name of odd) await server.put(`corpora/odd/${name}`, Buffer.from(`text of ${name}`));
    const storage = await at('az://corpora/odd');
    const entries = await listed(storage);
    expect(entries.map(({ name }) => name)).toEqual(odd.filter((name) => name !== 'folder/').sort());
    for (const entry of entries) {
      expect(entry.stamp).toMatch(/^"[^"]+"$/);
      expect(await storage.stat(entry.name)).toEqual(entry);
      const bytes = await storage.open(entry.name, entry);
      expect((await readWhole(bytes)).toString()).toBe(`text of ${entry.name}`);
      expect(bytes.where).toBe(`az://corpora/odd/${entry.name}`);
      await expect(bytes.read(entry.size - 1, Buffer.alloc(2))).rejects.toBeInstanceOf(EndedEarly);
    }
    expect((await listed(storage, 'ü')).map(({ name }) => name)).toEqual(['ü/ñ/日本']);
    expect(await listed(storage, 'nothing')).toEqual([]);
    for (const name of ['../a', 'a/../../b', ''])
      await expect(storage.open(name)).rejects.toThrow('not a name');
  });

  it('is opened at a container, a folder or a file', async () => {
    await server.put('corpora/x/y/z.jsonl', Buffer.from('text'));
    // What accounts with folders of their own answer about a folder.
    await server.put('corpora/x/made', Buffer.alloc(0), { 'x-ms-meta-hdi_isfolder': 'true' });
    expect((await listed(await at('az://corpora'), 'x/y')).map(({ name }) => name)).toEqual(['x/y/z.jsonl']);
    const file = await (await at('az://corpora/x/y/z.jsonl')).asFile();
    expect(file?.folder.where).toBe('az://corpora/x/y');
    expect(file?.entry).toMatchObject({ name: 'z.jsonl', size: 4 });
    for (const address of ['az://corpora', 'az://corpora/x/y/', 'az://corpora/x/none', 'az://corpora/x/made'])
      expect(await (await at(address)).asFile()).toBeNull();
  });

  it('lists page by page, with a signature that is shown nowhere', async () => {
    const names = Array.from({ length: 8 }, (_, index) => `part-${index}`);
    for (const name of names) await server.put(`corpora/paged/${name}`, Buffer.from(name));
    const proxy = await startFaultProxy(server.endpoint);
    const endpoint = `${proxy.endpoint}/${server.account}`;
    proxy.plan = {
      ...{ share: 0, faults: [] },
      // A signature that was handed out does not cover the query.
      before(request) {
        request.url = request.url!.replace('comp=list', 'comp=list&maxresults=3');
      },
    };
    const signed = { ...signatureFor('corpora'), AZURE_STORAGE_SERVICE_ENDPOINT: endpoint };
    const storage = await at('az://corpora/paged', signed);
    expect((await listed(storage)).map(({ name }) => name)).toEqual(names);
    expect(proxy.requests.length).toBe(3);
    expect(await textOf(storage, 'part-7')).toBe('part-7');
    const short = signed.AZURE_STORAGE_SAS_TOKEN.replace('sp=rl', 'sp=r').replace(/sig=/, 'sig=PLANTED');
    const refused = await at('az://corpora/paged', { ...signed, AZURE_STORAGE_SAS_TOKEN: short });
    for (const act of [() => listed(refused), () => refused.open('part-7')]) {
      const error = await failureOf(act);
      expect(error).toMatchObject({ code: 'remote-denied', exitCode: 2 });
      expect(error.cure).toContain('SAS token');
    }
    expect(refused.retries).toBe(0);
  });

  it('gives every byte as it is, whatever meets half of the answers', async () => {
    const content = Buffer.from(Array.from({ length: 20_000 }, (_, index) => `${index}\n`).join(''));
    await server.put('corpora/faulty/one', content);
    const proxy = await startFaultProxy(server.endpoint);
    const endpoint = `${proxy.endpoint}/${server.account}`;
    const some = allFaults.filter((fault) => fault !== 'stall');
    let retries = 0;
    for (let seed = 1; seed <= 3; seed += 1) {
      proxy.plan = { seed, share: 0.5, faults: some };
      const storage = await at('az://corpora/faulty', { AZURE_STORAGE_SERVICE_ENDPOINT: endpoint });
      const [entry] = await listed(storage);
      const blocks: Buffer[] = [];
      const bytes = await storage.open('one', entry);
      for await (const block of readAhead(bytes, 0, content.length, { rangeBytes: 9000 })) blocks.push(block);
      expect(Buffer.concat(blocks).equals(content)).toBe(true);
      retries += storage.retries;
    }
    expect([...proxy.made.keys()].sort()).toEqual([...some].sort());
    expect(retries).toBeGreaterThan(10);
  });

  it('does not read on in a blob that was written anew, or removed', async () => {
    await server.put('corpora/changing/a', Buffer.from('the first text'));
    const storage = await at('az://corpora/changing');
    const [entry] = await listed(storage);
    const bytes = await storage.open('a', entry!);
    const read = () => bytes.read(0, Buffer.alloc(3));
    await server.put('corpora/changing/a', Buffer.from('the other text'));
    const changed = { code: 'input-changed', exitCode: 1, where: 'az://corpora/changing/a' };
    expect(await failureOf(read)).toMatchObject(changed);
    await server.put('corpora/changing/a', Buffer.from('short'));
    expect(await failureOf(() => bytes.read(10, Buffer.alloc(3)))).toMatchObject(changed);
    await server.remove('corpora/changing/a');
    expect(await failureOf(read)).toMatchObject(changed);
  });

  it('names the cure for keys, containers and blobs that are wrong', async () => {
    await server.put('corpora/keys/a', Buffer.from('text'));
    const other = 'another+planted+key/base';
    const cases: [Record<string, string>, string][] = [
      [{ AZURE_STORAGE_KEY: other }, 'its key'],
      [{ AZURE_STORAGE_KEY: '' }, 'set AZURE_STORAGE_KEY'],
    ];
    for (const [more, cure] of cases) {
      const denied = await at('az://corpora/keys', more);
      for (const act of [() => listed(denied), () => denied.open('a')]) {
        const error = await failureOf(act);
        expect(error).toMatchObject({ code: 'remote-denied', exitCode: 2 });
        expect(error.cure).toContain(cure);
      }
      expect(denied.retries).toBe(0);
    }
    const container = await failureOf(async () => await listed(await at('az://nowhere/x')));
    expect(container).toMatchObject({ code: 'remote-missing', message: 'there is no container "nowhere"' });
    const blob = await failureOf(async () => await (await at('az://corpora/keys')).open('b'));
    expect(blob).toMatchObject({ code: 'remote-missing', where: 'az://corpora/keys/b', exitCode: 2 });
  });

  it('reads a public container without a key', async () => {
    await server.put('open-data', undefined, { 'x-ms-blob-public-access': 'container' });
    await server.put('open-data/a', Buffer.from('for all'));
    const storage = await at('az://open-data', { AZURE_STORAGE_KEY: '' });
    expect((await listed(storage)).map(({ name }) => name)).toEqual(['a']);
    expect(await textOf(storage, 'a')).toBe('for all');
  });

  it('is only read', async () => {
    const storage = await at('az://corpora/written');
    for (const act of [() => storage.create('a'), () => storage.putIfAbsent('a', Buffer.from('x'))])
      expect(await failureOf(act)).toMatchObject({
        code: 'remote-unsupported',
        where: 'az://corpora/written',
      });
  });

  const all = { ...recordInputs, ...folderInputs };
  const some = /^(jsonl|csv\.gz|a directory of \.txt)$|SNAPPY/;
  const kinds = Object.keys(all).filter((name) => process.env.LONGMIX_FUZZ !== undefined || some.test(name));

  it.each(kinds)('gives the token store that local files give: %s', async (kind) => {
    const path = all[kind]!();
    const folder = `formats/${kind.replace(/[^a-z0-9.]+/gi, '-')}`;
    const address = `az://corpora/${folder}/${basename(path)}`;
    const isFile = statSync(path).isFile();
    const names = isFile ? [''] : readdirSync(path, { recursive: true, encoding: 'utf8' });
    for (const name of names) {
      const from = join(path, name);
      if (!statSync(from).isFile()) continue;
      const to = name === '' ? '' : `/${name}`;
      await server.put(`corpora/${folder}/${basename(path)}${to}`, readFileSync(from));
    }
    const local = await storeOf(path);
    expect(await storeOf(address)).toEqual(local);
    if (isFile) expect(await storeOf(`az://corpora/${folder}/*`)).toEqual(local);
  });
});
