/**
 * Objects that appear whole and once: by a put that S3 refuses where there is an object already (`If-None-Match: *`). Of
 * several that try at the same time one wins, and each of them learns whether it was the one.
 *
 * An answer may be lost after the object is there, and the next try then hears that there is one: each put carries a number
 * of its own in the object's metadata, by which it knows its own work.
 */
import { randomUUID } from 'node:crypto';
import { basename } from 'node:path/posix';
import { LongmixError } from '../../errors.ts';
import type { FileRecord } from '../../nouns/files.ts';
import type { PendingFile } from '../storage.ts';
import type { Body } from './exchange.ts';
import { Gathered } from './gathered.ts';
import { Passing } from './retry.ts';
import { explain, isMissing, Refused, type S3Client } from './s3-client.ts';
import { sha256 } from './s3-sign.ts';
import { completion, parseError, parseUploadId } from './s3-xml.ts';

const MiB = 1024 * 1024;
/** Up to here an object goes out in one request. */
const singleBytes = 16 * MiB;
const smallestPart = 8 * MiB;
/** S3 takes 10,000. */
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
  const commit = async (): Promise<FileRecord> => {
    const { length } = body;
    const upload = { client, key, body, sha256: body.digest(), signal: stop.signal };
    try {
      if (!(await putFirst(upload)) && !(await isEqual(upload))) throw conflict(client, key);
      return { name: basename(key), bytes: length, sha256: upload.sha256 };
    } catch (error) {
      throw explain(error, client, key);
    } finally {
      body.drop();
    }
  };
  return {
    write: (chunk) => body.write(chunk),
    commit,
    commitAside: commit,
    async abort() {
      stop.abort(new Error('given up'));
      body.drop();
    },
  };
}

/** Whether this one is the first. @throws LongmixError */
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

const proven = new WeakSet<S3Client>();

/** Some servers take the condition and ignore it: the same put once more must be refused. It is asked once. */
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
  // Google puts files of any size at once, and does not document conditions for parts.
  const whole = upload.body.length <= singleBytes || upload.client.settings.dialect.service === 'storage';
  return whole ? await putSingle(upload) : await putParts(upload);
}

function onlyNew({ settings }: S3Client): Record<string, string> {
  return settings.dialect.service === 'storage'
    ? { 'x-goog-if-generation-match': '0' }
    : { 'if-none-match': '*' };
}

/** What an object says of itself. */
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

/** null: S3 does not know the upload (any more): it is done, or must begin anew. */
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
      // S3 may begin its answer before it knows how it ends.
      const problem = parseError((await answer.gather()).toString());
      if (problem?.code === 'InternalError') throw new Passing('the server answers InternalError');
      if (problem !== null) throw new Refused(200, problem.code, '');
    });
    return true;
  } catch (error) {
    // A failed upload costs money until it is removed.
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
    // After a failure the others must be at rest before the upload is removed.
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
    // The error that led here says more.
  }
}

/** What the object that is there says of itself; null: nothing, or there is none. */
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

/** Whether the object that is there has the same bytes: another attempt at the same work was first. */
async function isEqual(upload: Upload): Promise<boolean> {
  return (await noteOf(upload, 'sha256')) === upload.sha256;
}

function conflict(client: S3Client, key: string): LongmixError {
  return new LongmixError('remote-conflict', 'there is an object of that name, with other bytes', {
    where: client.addressOf(key),
    cure: 'choose another place, or remove what is there if nothing needs it',
  });
}
