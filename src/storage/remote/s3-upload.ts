/**
 * Makes objects appear whole and once, by a put that S3 refuses if the object exists (`If-None-Match: *`). Of several
 * puts at the same time one wins, and each caller learns whether it won.
 *
 * The answer to a put may be lost after the object was made. The next try is then refused because of our own object. So each
 * put writes an id into the object's metadata, and recognizes its own work by it.
 */
import { randomUUID } from 'node:crypto';
import { basename, dirname, join } from 'node:path/posix';
import { LongmixError } from '../../errors.ts';
import type { FileRecord } from '../../nouns/files.ts';
import { checkName, type PendingFile } from '../storage.ts';
import type { Body } from './exchange.ts';
import { Gathered } from './gathered.ts';
import { Passing } from './retry.ts';
import { explain, isMissing, Refused, type S3Client } from './s3-client.ts';
import { sha256 } from './s3-sign.ts';
import { completion, parseError, parseUploadId } from './s3-xml.ts';

const MiB = 1024 * 1024;
/** Objects up to this size are sent in one request. */
const singleBytes = 16 * MiB;
const smallestPart = 8 * MiB;
/** S3 takes up to 10,000 parts. */
const mostParts = 9000;
const partsUnderWay = 4;
const mostUploads = 3;

interface Upload {
  readonly client: S3Client;
  readonly key: string;
  readonly body: Body;
  readonly sha256: string;
  readonly signal?: AbortSignal;
}

export function pendingObject(client: S3Client, key: string): PendingFile {
  const body = new Gathered();
  const stop = new AbortController();
  const commit = async (as: string): Promise<FileRecord> => {
    const { length } = body;
    const upload = { client, key: as, body, sha256: body.digest(), signal: stop.signal };
    try {
      if (!(await putFirst(upload)) && !(await isEqual(upload))) throw conflict(client, as);
      return { name: basename(as), bytes: length, sha256: upload.sha256 };
    } catch (error) {
      throw explain(error, client, as);
    } finally {
      body.drop();
    }
  };
  return {
    write: (chunk) => body.write(chunk),
    commit: () => commit(key),
    commitAside: (name = basename(key)) => commit(join(dirname(key), checkName(name))),
    async abort() {
      stop.abort(new Error('given up'));
      body.drop();
    },
  };
}

/** Gives true if this put was the first. @throws LongmixError */
export async function putObjectIfAbsent(client: S3Client, key: string, bytes: Uint8Array): Promise<boolean> {
  const upload = { client, key, body: bytes, sha256: sha256(bytes) };
  try {
    const first = await putSingle(upload);
    if (first) await proveConditions(upload);
    return first;
  } catch (error) {
    throw explain(error, client, key);
  }
}

/** Gives the etag of the new object; null: the one that is there has another stamp than was asked for. @throws LongmixError */
export async function replaceObject(
  client: S3Client,
  key: string,
  bytes: Uint8Array,
  stamp?: string,
): Promise<string | null> {
  const headers = stamp === undefined ? {} : { 'if-match': stamp };
  const put = { method: 'PUT', key, body: bytes, sha256: sha256(bytes), headers } as const;
  try {
    return await client.ask(put, async (answer) => {
      await answer.gather();
      return answer.headers.etag ?? '';
    });
  } catch (error) {
    if (stamp !== undefined && error instanceof Refused && (error.status === 412 || isMissing(error)))
      return null;
    throw explain(error, client, key);
  }
}

const proven = new WeakSet<S3Client>();

/** Some servers accept the condition and ignore it. So, once per client, the same put is sent again and must be refused. */
async function proveConditions({ client, key, body, sha256 }: Upload): Promise<void> {
  if (proven.has(client)) return;
  const again = { method: 'PUT', key, body, sha256, headers: onlyNew(client) } as const;
  const ignored = await client
    .ask(again, async (answer) => await answer.gather())
    .then(
      () => true,
      (error: unknown) => {
        if (error instanceof Refused && error.status === 412) return false;
        throw error;
      },
    );
  if (!ignored) {
    proven.add(client);
    return;
  }
  throw new LongmixError(
    'remote-unsupported',
    'the server ignores If-None-Match: two commands could write the same files',
    {
      where: client.addressOf(key),
      cure: 'use a server or a version of it with conditional puts, or write to a disk',
    },
  );
}

async function putFirst(upload: Upload): Promise<boolean> {
  // Google takes files of any size in one request, and documents no conditions for uploads in parts.
  const whole = upload.body.length <= singleBytes || upload.client.settings.dialect.service === 'storage';
  return whole ? await putSingle(upload) : await putParts(upload);
}

function onlyNew({ settings }: S3Client): Record<string, string> {
  return settings.dialect.service === 'storage'
    ? { 'x-goog-if-generation-match': '0' }
    : { 'if-none-match': '*' };
}

/** The metadata of an object. */
function notes({ client, sha256 }: Upload, attempt: string): Record<string, string> {
  const { headers } = client.settings.dialect;
  return { [`${headers}meta-longmix-attempt`]: attempt, [`${headers}meta-longmix-sha256`]: sha256 };
}

async function putSingle(upload: Upload): Promise<boolean> {
  const { client, key, body, sha256, signal } = upload;
  const attempt = randomUUID();
  const headers = { ...onlyNew(client), ...notes(upload, attempt) };
  try {
    const put = { method: 'PUT', key, body, sha256, headers, signal } as const;
    await client.ask(put, async (answer) => await answer.gather());
    return true;
  } catch (error) {
    if (error instanceof Refused && error.status === 412)
      return (await noteOf(upload, 'attempt')) === attempt;
    throw error;
  }
}

async function putParts(upload: Upload): Promise<boolean> {
  for (let tried = 1; ; tried += 1) {
    const attempt = randomUUID();
    const won = await putPartsOnce(upload, attempt);
    if (won !== null) return won;
    if ((await noteOf(upload, 'attempt')) === attempt) return true;
    if (tried === mostUploads)
      throw new Refused(404, 'NoSuchUpload', 'the upload was removed while it was under way');
  }
}

/** null: S3 does not know the upload any more. It is finished, or must begin again. */
async function putPartsOnce(upload: Upload, attempt: string): Promise<boolean | null> {
  const { client, key, signal } = upload;
  const begin = {
    method: 'POST',
    key,
    query: { uploads: '' },
    headers: notes(upload, attempt),
    signal,
  } as const;
  const uploadId = await client.ask(begin, async (answer) =>
    parseUploadId((await answer.gather()).toString()),
  );
  try {
    const etags = await sendParts(upload, uploadId);
    const complete = {
      method: 'POST',
      ...{ key, query: { uploadId }, headers: onlyNew(client), signal },
      body: Buffer.from(completion(etags)),
    } as const;
    await client.ask(complete, async (answer) => {
      // S3 may send status 200 before the work is done, and report a failure in the body.
      const problem = parseError((await answer.gather()).toString());
      if (problem?.code === 'InternalError') throw new Passing('the server answers InternalError');
      if (problem !== null) throw new Refused(200, problem.code, '');
    });
    return true;
  } catch (error) {
    // The parts of a failed upload cost money until they are removed.
    if (!(error instanceof Refused && error.code === 'NoSuchUpload'))
      await abortUpload(client, key, uploadId);
    if (!(error instanceof Refused)) throw error;
    if (error.status === 412 || error.code === 'PreconditionFailed')
      return (await noteOf(upload, 'attempt')) === attempt;
    if (error.code === 'NoSuchUpload' || error.code === 'ConditionalRequestConflict') return null;
    throw error;
  }
}

/** The etags of the parts, in order. */
async function sendParts({ client, key, body, signal }: Upload, uploadId: string): Promise<string[]> {
  const partBytes = Math.max(smallestPart, Math.ceil(body.length / mostParts / MiB) * MiB);
  const etags: string[] = new Array(Math.ceil(body.length / partBytes)).fill('');
  let next = 0;
  const stop = new AbortController();
  const both = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
  const worker = async () => {
    for (let index = next++; index < etags.length; index = next++) {
      const part = body.subarray(index * partBytes, Math.min(body.length, (index + 1) * partBytes));
      const query = { partNumber: String(index + 1), uploadId };
      etags[index] = await client.ask(
        { method: 'PUT', key, query, body: part, signal: both },
        async (answer) => {
          await answer.gather();
          const { etag } = answer.headers;
          if (etag === undefined) throw new Passing('the server gives no etag for a part');
          return etag;
        },
      );
    }
  };
  const workers = Array.from({ length: Math.min(partsUnderWay, etags.length) }, worker);
  try {
    await Promise.all(workers);
  } finally {
    // After a failure, wait for the other parts before the upload is removed.
    stop.abort();
    await Promise.allSettled(workers);
  }
  return etags;
}

async function abortUpload(client: S3Client, key: string, uploadId: string): Promise<void> {
  try {
    await client.ask(
      { method: 'DELETE', key, query: { uploadId } },
      async (answer) => void (await answer.gather()),
    );
  } catch {
    // The first error says more than this one.
  }
}

/** A note in the metadata of the object that exists. null: it has no such note, or there is no object. */
async function noteOf({ client, key }: Upload, name: 'attempt' | 'sha256'): Promise<string | null> {
  try {
    return await client.ask({ method: 'HEAD', key }, async (answer) => {
      await answer.gather();
      return String(answer.headers[`${client.settings.dialect.headers}meta-longmix-${name}`] ?? '') || null;
    });
  } catch (error) {
    if (error instanceof Refused && isMissing(error)) return null;
    throw error;
  }
}

/** Whether the existing object has the same bytes, because another attempt at the same work was first. */
async function isEqual(upload: Upload): Promise<boolean> {
  return (await noteOf(upload, 'sha256')) === upload.sha256;
}

function conflict(client: S3Client, key: string): LongmixError {
  return new LongmixError('remote-conflict', 'there is an object of that name, with other bytes', {
    where: client.addressOf(key),
    cure: 'choose another place, or remove what is there if nothing needs it',
  });
}
