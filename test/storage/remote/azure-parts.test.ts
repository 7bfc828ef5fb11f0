/** The parts of the client of Azure that need no server: signatures, settings, lists, addresses. */
import { describe, expect, it } from 'vitest';
import { parseBlobs } from '../../../src/storage/remote/azure.ts';
import { azureClient, explain } from '../../../src/storage/remote/azure-client.ts';
import { azureSettings } from '../../../src/storage/remote/azure-settings.ts';
import { authorization, stringToSign } from '../../../src/storage/remote/azure-sign.ts';
import { Refused } from '../../../src/storage/remote/object-read.ts';
import { Passing, patienceOf } from '../../../src/storage/remote/retry.ts';
import { openRemote } from '../../../src/storage/remote.ts';
import { failureOf } from '../../support/remote.ts';

describe('sign', () => {
  // https://learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key#constructing-the-signature-string
  const documented = {
    method: 'GET',
    path: '/mycontainer',
    query: { restype: 'container', comp: 'metadata', timeout: '20' },
    headers: {
      host: 'myaccount.blob.core.windows.net',
      'x-ms-version': '2015-02-21',
      'x-ms-date': 'Fri, 26 Jun 2015 23:39:12 GMT',
    },
  };
  const text =
    'GET\n\n\n\n\n\n\n\n\n\n\n\nx-ms-date:Fri, 26 Jun 2015 23:39:12 GMT\nx-ms-version:2015-02-21\n/myaccount/mycontainer\ncomp:metadata\nrestype:container\ntimeout:20';

  it('the documented request gives the documented string', () => {
    expect(stringToSign(documented, 'myaccount')).toBe(text);
  });

  it('the signature is the HMAC of the string, with the key in bytes', () => {
    // printf ... | openssl dgst -sha256 -mac HMAC -macopt key:the-key -binary | base64
    const value = authorization(documented, 'myaccount', Buffer.from('the-key'));
    expect(value).toBe('SharedKey myaccount:xLdV9daIIi9LoBPBmvnr8gguVnYlsLsfSi6O5+kEUpI=');
  });

  it('each standard header has its line, and a length of zero none', () => {
    const headers = { 'if-match': '"e"', range: 'bytes=1-2', 'content-length': '0', 'x-ms-date': 'd' };
    const request = { method: 'GET', path: '/account/c/a%20b', query: {}, headers };
    expect(stringToSign(request, 'account')).toBe(
      'GET\n\n\n\n\n\n\n\n"e"\n\n\nbytes=1-2\nx-ms-date:d\n/account/account/c/a%20b',
    );
    const put = {
      ...request,
      method: 'PUT',
      headers: { 'content-length': '7', 'content-type': 'text/plain' },
    };
    expect(stringToSign(put, 'account')).toBe(
      'PUT\n\n\n7\n\ntext/plain\n\n\n\n\n\n\n/account/account/c/a%20b',
    );
  });
});

describe('settings', () => {
  const key = Buffer.from('planted-key').toString('base64');
  const sas = 'sv=2021-02-12&sig=planted%2Bsig';

  it.each<[string, Record<string, string>, string, string, string, string]>([
    [
      'account and key',
      { AZURE_STORAGE_ACCOUNT: 'acc', AZURE_STORAGE_KEY: key, AZURE_STORAGE_SAS_TOKEN: sas },
      ...(['https://acc.blob.core.windows.net/', 'acc', 'planted-key', ''] as const),
    ],
    [
      'the names of adlfs',
      { AZURE_STORAGE_ACCOUNT_NAME: 'acc', AZURE_STORAGE_ACCOUNT_KEY: key },
      ...(['https://acc.blob.core.windows.net/', 'acc', 'planted-key', ''] as const),
    ],
    [
      'a signature',
      { AZURE_STORAGE_ACCOUNT: 'acc', AZURE_STORAGE_SAS_TOKEN: `?${sas}` },
      ...(['https://acc.blob.core.windows.net/', 'acc', '', sas] as const),
    ],
    [
      'nothing but an account',
      { AZURE_STORAGE_ACCOUNT: 'acc' },
      ...(['https://acc.blob.core.windows.net/', 'acc', '', ''] as const),
    ],
    [
      'another server',
      { AZURE_STORAGE_ACCOUNT: 'acc', AZURE_STORAGE_SERVICE_ENDPOINT: 'http://127.0.0.1:1/acc' },
      ...(['http://127.0.0.1:1/acc', 'acc', '', ''] as const),
    ],
    [
      'a connection string, before all others',
      {
        AZURE_STORAGE_CONNECTION_STRING: `DefaultEndpointsProtocol=https;AccountName=acc;AccountKey=${key};EndpointSuffix=core.example`,
        AZURE_STORAGE_ACCOUNT: 'other',
      },
      ...(['https://acc.blob.core.example/', 'acc', 'planted-key', ''] as const),
    ],
    [
      'a connection string with a signature',
      {
        AZURE_STORAGE_CONNECTION_STRING: `BlobEndpoint=https://acc.example/;SharedAccessSignature=${sas};`,
      },
      ...(['https://acc.example/', '', '', sas] as const),
    ],
  ])('%s', (_, environment, endpoint, account, secret, token) => {
    const settings = azureSettings(environment, 'az://c');
    expect(settings.endpoint.href).toBe(endpoint);
    expect(settings).toMatchObject({ account, sas: token });
    expect(settings.key?.toString() ?? '').toBe(secret);
  });

  it("Azurite's own account", () => {
    const settings = azureSettings(
      { AZURE_STORAGE_CONNECTION_STRING: 'UseDevelopmentStorage=true' },
      'az://c',
    );
    expect(settings.endpoint.href).toBe('http://127.0.0.1:10000/devstoreaccount1');
    expect(settings.key?.length).toBe(64);
  });

  it.each<[Record<string, string>, string]>([
    [{}, 'no storage account of Azure is named'],
    [{ AZURE_STORAGE_KEY: key }, 'no storage account of Azure is named'],
    [{ AZURE_STORAGE_ACCOUNT: 'Planted/account' }, 'small letters and digits'],
    [{ AZURE_STORAGE_ACCOUNT: 'acc', AZURE_STORAGE_KEY: 'planted key' }, 'is Base64'],
    [{ AZURE_STORAGE_ACCOUNT: 'acc', AZURE_STORAGE_SAS_TOKEN: 'planted' }, 'a query with sig='],
    [{ AZURE_STORAGE_ACCOUNT: 'acc', AZURE_STORAGE_SAS_TOKEN: 'sig=planted\nx' }, 'line breaks'],
    [{ AZURE_STORAGE_ACCOUNT: 'acc', AZURE_STORAGE_SERVICE_ENDPOINT: 'planted' }, 'https://HOST'],
    [{ AZURE_STORAGE_CONNECTION_STRING: 'planted' }, 'NAME=VALUE'],
  ])('%j is wrong, and no value is shown', async (environment, words) => {
    const error = await failureOf(() => azureSettings(environment, 'az://c'));
    expect(error).toMatchObject({ code: 'remote-settings', where: 'az://c', exitCode: 2 });
    expect(error.message).toContain(words);
  });
});

describe('a list', () => {
  const list = (blobs: string, next = '<NextMarker />') =>
    `\uFEFF<?xml version="1.0" encoding="utf-8"?><EnumerationResults ContainerName="c"><Prefix>a</Prefix><Blobs>${blobs}</Blobs>${next}</EnumerationResults>`;
  const blob = (name: string, more = '') =>
    `<Blob><Name>${name}</Name><Properties><Etag>0x8D</Etag><Content-Length>5</Content-Length>${more}<BlobType>BlockBlob</BlobType></Properties></Blob>`;

  it('has names, sizes and etags, and where it goes on', () => {
    expect(parseBlobs(list(blob('a &amp; b')))).toEqual({
      blobs: [{ name: 'a & b', size: 5, stamp: '"0x8D"' }],
      next: '',
    });
    expect(parseBlobs(list('', '<NextMarker>2!44!x</NextMarker>'))).toEqual({ blobs: [], next: '2!44!x' });
  });

  it('is without the folders of accounts that have them', () => {
    const blobs = [
      blob('folder', '<ResourceType>directory</ResourceType>'),
      blob('folder/a', '<ResourceType>file</ResourceType>'),
      blob('other/'),
    ];
    expect(parseBlobs(list(blobs.join(''))).blobs.map(({ name }) => name)).toEqual(['folder/a']);
  });

  it('encodes names that XML cannot have, and says so', () => {
    const encoded = blob('x').replace('<Name>x', '<Name Encoded="true">a%20b%EF%BF%BF');
    expect(parseBlobs(list(encoded + blob('%20'))).blobs.map(({ name }) => name)).toEqual([
      'a b\uFFFF',
      '%20',
    ]);
    expect(() => parseBlobs(list(encoded.replace('%EF', '%')))).toThrow(Passing);
  });

  it.each([
    '',
    list(blob('a')).slice(0, -1),
    list(blob('a'), ''),
    list(blob('a').replace('5', 'x')),
    list(blob('a').replace('</Blob>', '')),
    list(blob('')),
  ])('that is not whole is asked for again (%#)', (xml) => {
    expect(() => parseBlobs(xml)).toThrow(Passing);
  });
});

it('a container that is not public looks as if it were not there, where there is no key', () => {
  const settings = azureSettings({ AZURE_STORAGE_ACCOUNT: 'acc' }, 'az://c');
  const client = azureClient('container', settings, patienceOf());
  const error = explain(new Refused(404, 'ResourceNotFound', ''), client, 'a');
  expect(error).toMatchObject({ code: 'remote-denied', where: 'az://container/a' });
});

it.each([
  'az://',
  'az:///a',
  'az://ab/c',
  'az://Container/a',
  'az://id:PLANTED@container/a',
  'az://container/a/../b',
])('%s is refused', async (address) => {
  const open = () => openRemote(address, { environment: { AZURE_STORAGE_ACCOUNT: 'acc' } });
  expect(await failureOf(open)).toMatchObject({ code: 'remote-address', exitCode: 2 });
});
