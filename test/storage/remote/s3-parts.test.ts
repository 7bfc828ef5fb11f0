/** The parts of the S3 client that need no server: settings, signatures, XML. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LongmixError } from '../../../src/errors.ts';
import { encodePath, shownAddress } from '../../../src/storage/remote/address.ts';
import { Gathered } from '../../../src/storage/remote/gathered.ts';
import { retryAfter } from '../../../src/storage/remote/retry.ts';
import { googleSettings, s3Settings } from '../../../src/storage/remote/s3-settings.ts';
import { amazon, encodeQuery, google, sha256, sign } from '../../../src/storage/remote/s3-sign.ts';
import { completion, parseError, parseList, parseUploadId } from '../../../src/storage/remote/s3-xml.ts';
import { isRemote, openRemote } from '../../../src/storage/remote.ts';
import { errorOf } from '../../support/error-of.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { fuzz } from '../../support/fuzz.ts';
import { failureOf } from '../../support/remote.ts';

describe('sign', () => {
  // https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html#example-signature-calculations
  const keys = { id: 'AKIAIOSFODNN7EXAMPLE', secret: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' };
  const signer = { keys, region: 'us-east-1', dialect: amazon, now: new Date('2013-05-24T00:00:00Z') };
  const host = 'examplebucket.s3.amazonaws.com';
  it.each([
    [
      {
        method: 'GET',
        path: '/test.txt',
        query: '',
        headers: { host, range: 'bytes=0-9' },
        payload: sha256(''),
      },
      'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
    ],
    [
      {
        ...{
          method: 'PUT',
          path: encodePath('/test$file.text'),
          query: '',
          payload: sha256('Welcome to Amazon S3.'),
        },
        headers: { host, date: 'Fri, 24 May 2013 00:00:00 GMT', 'x-amz-storage-class': 'REDUCED_REDUNDANCY' },
      },
      '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
    ],
    [
      {
        method: 'GET',
        path: '/',
        query: encodeQuery({ lifecycle: '' }),
        headers: { host },
        payload: sha256(''),
      },
      'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
    ],
    [
      {
        method: 'GET',
        path: '/',
        query: encodeQuery({ prefix: 'J', 'max-keys': '2' }),
        headers: { host },
        payload: sha256(''),
      },
      '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
    ],
  ])('gives what the examples of AWS give (%#)', (request, signature) => {
    expect(sign(request, signer).authorization).toMatch(new RegExp(`Signature=${signature}$`));
  });

  it('carries the token of lent keys, and speaks the dialect of Google without a word of Amazon', () => {
    const request = { method: 'GET', path: '/', query: '', headers: { host }, payload: 'UNSIGNED-PAYLOAD' };
    const lent = sign(request, { ...signer, keys: { ...keys, session: 'token' } });
    expect(lent['x-amz-security-token']).toBe('token');
    expect(lent.authorization).toContain('x-amz-security-token');
    const other = sign(request, { ...signer, dialect: google, region: 'auto' });
    expect(Object.keys(other).sort()).toEqual([
      'authorization',
      'host',
      'x-goog-content-sha256',
      'x-goog-date',
    ]);
    expect(other.authorization).toMatch(
      /^GOOG4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE\/20130524\/auto\/storage\/goog4_request, /,
    );
  });
});

describe('s3Settings', () => {
  const nowhere = { HOME: '/nowhere' };
  const keys = { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'planted-secret' };

  function home(credentials: string, config: string): string {
    const folder = temporaryFolder();
    mkdirSync(join(folder, '.aws'));
    writeFileSync(join(folder, '.aws/credentials'), credentials);
    writeFileSync(join(folder, '.aws/config'), config);
    return folder;
  }

  it('has Amazon without an endpoint, and any server by one', async () => {
    const plain = s3Settings({ ...nowhere, ...keys }, 's3://b');
    expect(plain).toMatchObject({ endpoint: null, region: 'us-east-1', pathStyle: false });
    expect(await plain.keys()).toEqual({ id: 'id', secret: 'planted-secret', session: undefined });
    const other = s3Settings(
      { ...nowhere, ...keys, AWS_ENDPOINT_URL: 'http://here:1', AWS_REGION: 'eu' },
      's3://b',
    );
    expect([other.endpoint?.host, other.region, other.pathStyle]).toEqual(['here:1', 'eu', true]);
    const both = {
      ...nowhere,
      ...keys,
      AWS_ENDPOINT_URL: 'http://here:1',
      AWS_ENDPOINT_URL_S3: 'https://there',
    };
    expect(s3Settings(both, 's3://b').endpoint?.host).toBe('there');
    expect(s3Settings({ ...both, AWS_S3_FORCE_PATH_STYLE: 'false' }, 's3://b').pathStyle).toBe(false);
    expect(s3Settings({ ...nowhere, AWS_S3_FORCE_PATH_STYLE: 'true' }, 's3://b').pathStyle).toBe(true);
  });

  it('reads profiles as the tools of AWS do', async () => {
    const folder = home(
      '[default]\naws_access_key_id = one\naws_secret_access_key=secret-one # a remark\n\n[other]\naws_access_key_id=two\naws_secret_access_key=se=cret/two+\naws_session_token=session\n',
      '# remark\n[default]\nregion = eu-west-1\n\n[profile other]\nregion=us-west-2\nservices = mine\ns3 =\n    addressing_style = virtual\n\n[services mine]\ns3 =\n  endpoint_url = http://10.0.0.1:9000\n',
    );
    const first = s3Settings({ HOME: folder }, 's3://b');
    expect(first).toMatchObject({ endpoint: null, region: 'eu-west-1' });
    expect(await first.keys()).toMatchObject({ id: 'one', secret: 'secret-one' });
    const second = s3Settings({ HOME: folder, AWS_PROFILE: 'other' }, 's3://b');
    expect(second).toMatchObject({ region: 'us-west-2', pathStyle: false });
    expect(second.endpoint?.host).toBe('10.0.0.1:9000');
    expect(await second.keys()).toEqual({ id: 'two', secret: 'se=cret/two+', session: 'session' });
    // The environment goes before files.
    const third = s3Settings({ HOME: folder, AWS_PROFILE: 'other', AWS_REGION: 'x', ...keys }, 's3://b');
    expect(third.region).toBe('x');
    expect((await third.keys())?.id).toBe('id');
    const paths = {
      AWS_SHARED_CREDENTIALS_FILE: join(folder, '.aws/credentials'),
      AWS_CONFIG_FILE: '/nowhere',
    };
    expect(await s3Settings({ ...nowhere, ...paths }, 's3://b').keys()).toMatchObject({ id: 'one' });
  });

  it('goes without keys where it is told to', async () => {
    for (const off of [{ AWS_NO_SIGN_REQUEST: 'YES' }, { AWS_SKIP_SIGNATURE: 'true' }])
      expect(await s3Settings({ ...nowhere, ...keys, ...off }, 's3://b').keys()).toBeNull();
    expect(await googleSettings({ GS_NO_SIGN_REQUEST: '1' }, 'gs://b').keys()).toBeNull();
  });

  it('says which package knows the other places of credentials, where there are no keys', async () => {
    const settings = s3Settings(nowhere, 's3://b');
    const error = await failureOf(() => settings.keys());
    expect(error).toMatchObject({ code: 'peer-missing', where: 's3://b', exitCode: 2 });
    expect(error.cure).toContain('npm install @aws-sdk/credential-provider-node');
    expect(error.cure).toContain('AWS_NO_SIGN_REQUEST=1');
  });

  it('refuses settings that cannot work, without showing them', async () => {
    const secret = { AWS_ACCESS_KEY_ID: 'id\nPLANTED', AWS_SECRET_ACCESS_KEY: 'planted-secret' };
    const wrong: readonly (() => unknown)[] = [
      () => s3Settings({ ...nowhere, ...secret }, 's3://b'),
      () => s3Settings({ ...nowhere, ...keys, AWS_ENDPOINT_URL: 'PLANTED' }, 's3://b'),
      () => s3Settings({ ...nowhere, AWS_PROFILE: 'none' }, 's3://b'),
      () => s3Settings({ ...nowhere, AWS_ACCESS_KEY_ID: 'id' }, 's3://b'),
      () => s3Settings({ ...nowhere, AWS_SECRET_ACCESS_KEY: 'planted-secret' }, 's3://b'),
    ];
    for (const act of wrong)
      expect(await failureOf(async () => act())).toMatchObject({ code: 'remote-settings' });
    expect(errorOf(() => googleSettings({}, 'gs://b'))).toMatchObject({ code: 'remote-denied' });
    expect(
      googleSettings({ GS_NO_SIGN_REQUEST: '1', STORAGE_EMULATOR_HOST: '127.0.0.1:1' }, 'gs://b').endpoint
        ?.href,
    ).toBe('http://127.0.0.1:1/');
  });
});

describe('parseList', () => {
  const list = (inside: string) =>
    `<?xml version="1.0"?>\n<ListBucketResult xmlns="http://x">${inside}</ListBucketResult>`;
  const object = (key: string) =>
    `<Contents><Key>${key}</Key><LastModified>2024</LastModified><ETag>&quot;e&quot;</ETag><Size>7</Size><Owner><ID>o</ID></Owner></Contents>`;

  it('gives keys as they are, whether encoded as URLs or as XML', () => {
    const keys = ['a b+c', 'ü&<>"\'', '100%', 'a%2Bb', 'x=1?y#z', '😀', "(!*')"];
    const xml = (key: string) =>
      key.replace(/[&<>"']/g, (sign) =>
        sign === '&' ? '&amp;' : sign === '<' ? '&lt;' : `&#x${sign.charCodeAt(0).toString(16)};`,
      );
    const plain = parseList(list(`<IsTruncated>false</IsTruncated>${keys.map(xml).map(object).join('')}`));
    expect(plain.objects.map(({ key }) => key)).toEqual(keys);
    expect(plain.objects[0]).toEqual({ key: 'a b+c', size: 7, etag: '"e"' });
    const form = keys.map((key) => new URLSearchParams({ key }).toString().slice(4));
    const encoded = parseList(list(`<EncodingType>url</EncodingType>${form.map(object).join('')}`));
    expect(encoded.objects.map(({ key }) => key)).toEqual(keys);
  });

  it('goes on where it says, and ends otherwise', () => {
    const more = '<IsTruncated>true</IsTruncated><NextContinuationToken>a&amp;b=</NextContinuationToken>';
    expect(parseList(list(more))).toEqual({ objects: [], next: 'a&b=' });
    expect(parseList(list('<Prefix/><KeyCount>0</KeyCount><IsTruncated>false</IsTruncated>'))).toEqual({
      objects: [],
      next: null,
    });
  });

  it.each([
    '',
    '<html>busy</html>',
    '<Error><Code>X</Code></Error>',
    list(object('a')).slice(0, -30),
    list('<IsTruncated>true</IsTruncated>'),
    list(`<KeyCount>2</KeyCount>${object('a')}`),
    list('<Contents><Key>a</Key></Contents>'),
    list('<Contents><Size>1</Size></Contents>'),
    list('<Contents><Key>a</Key><Size>-1</Size></Contents>'),
    `<!DOCTYPE x [<!ENTITY y "z">]>${list(object('a'))}`,
    list(object('<![CDATA[a]]>')),
    list(`<EncodingType>url</EncodingType>${object('%ZZ')}`),
  ])('takes nothing from what is not a whole list (%#)', (xml) => {
    expect(() => parseList(xml)).toThrow(/a list|not a list|XML/);
  });

  it('of any bytes gives a list or says that it is none', () => {
    const piece = fc.constantFrom(
      '<',
      '>',
      '&',
      ';',
      '<Key>',
      '</Key>',
      '<Contents>',
      '</Contents>',
      '<Size>1</Size>',
      'x',
      '&#',
      '&#x110000;',
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        try {
          parseList(list(pieces.join('')));
        } catch (error) {
          expect((error as Error).name).toBe('Passing');
        }
      }),
      fuzz(300),
    );
  });
});

describe('the other answers in XML', () => {
  it('are read, and written so that they can be read', () => {
    expect(
      parseError('<Error><Code>NoSuchKey</Code><Message>a &amp; b</Message><Region>eu</Region></Error>'),
    ).toEqual({
      code: 'NoSuchKey',
      message: 'a & b',
      region: 'eu',
    });
    expect(parseError('<html>')).toBeNull();
    expect(
      parseUploadId(
        '<InitiateMultipartUploadResult><UploadId>a/b=</UploadId></InitiateMultipartUploadResult>',
      ),
    ).toBe('a/b=');
    expect(() => parseUploadId('<UploadId></UploadId>')).toThrow('number of an upload');
    expect(completion(['"a"', '<&>'])).toContain('<PartNumber>2</PartNumber><ETag>&#60;&#38;&#62;</ETag>');
  });
});

describe('addresses', () => {
  it.each([
    ['https://user:pw@host:1/a/b?x=1#y', 'https://host:1/a/b'],
    ['http://host', 'http://host'],
    ['s3://bucket/a?b#c', 's3://bucket/a?b#c'],
    ['s3://id:key@bucket/a', 's3://bucket/a'],
    ['hf://datasets/a/b@c/d', 'hf://datasets/a/b@c/d'],
    ['/a/path?x', '/a/path?x'],
  ])('%s is shown as %s', (address, shown) => {
    expect(shownAddress(address)).toBe(shown);
  });

  it('are remote by their scheme', () => {
    for (const address of ['s3://a', 'gs://a', 'hf://datasets/a', 'http://a', 'HTTPS://a'])
      expect(isRemote(address)).toBe(true);
    for (const path of ['a', '/a', './s3:/a', 'file:///a', 'C:\\a', 'az://a'])
      expect(isRemote(path)).toBe(false);
  });

  it.each([
    's3://',
    's3:///a',
    's3://id:PLANTED@bucket/a',
    's3://b/../c',
    'hf://datasets',
    'hf://a/b',
    'az://a/b',
    'nonsense',
  ])('%s is refused', async (address) => {
    const open = () => openRemote(address, { environment: { HOME: '/nowhere', AWS_NO_SIGN_REQUEST: '1' } });
    expect(await failureOf(open)).toMatchObject({ code: 'remote-address', exitCode: 2 });
  });
});

describe('Gathered', () => {
  it.each([0, 1, 1000, 40 * 1024 * 1024])('gives back %i bytes, by any stretch, and their hash', (size) => {
    const all = Buffer.allocUnsafe(size);
    for (let index = 0; index < size; index += 1) all[index] = index % 253;
    const gathered = new Gathered();
    const memory = Buffer.alloc(3 * 1024 * 1024);
    for (let at = 0; at < size; at += memory.length) {
      // The writer uses its memory again.
      const count = all.copy(memory, 0, at);
      gathered.write(memory.subarray(0, count));
    }
    expect(gathered.length).toBe(size);
    expect(gathered.digest()).toBe(sha256(all));
    expect(gathered.subarray(0, size).equals(all)).toBe(true);
    expect(gathered.subarray(size >> 1, size).equals(all.subarray(size >> 1))).toBe(true);
    gathered.drop();
    gathered.drop();
  });
});

it('a server says in several ways when to come back', () => {
  expect(retryAfter({})).toBe(0);
  expect(retryAfter({ 'retry-after': '3' })).toBe(3000);
  expect(retryAfter({ 'retry-after': new Date(Date.now() + 5000).toUTCString() })).toBeGreaterThan(2000);
  expect(retryAfter({ 'retry-after': 'soon' })).toBe(0);
  expect(retryAfter({ ratelimit: '"api";r=0;t=55' })).toBe(55_000);
});

it('an error is one of ours', () => {
  expect(errorOf(() => s3Settings({ AWS_PROFILE: 'x', HOME: '/nowhere' }, 's3://b'))).toBeInstanceOf(
    LongmixError,
  );
});
