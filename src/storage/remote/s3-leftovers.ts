/**
 * Removes uploads in parts that a killed command left: nobody sees them, and they cost money. Those of files that others
 * named are left alone, and so are young ones, which a worker may be at.
 */
import { basename } from 'node:path/posix';
import { inLanes } from '../../base/in-lanes.ts';
import { Refused } from './object-read.ts';
import type { S3Client } from './s3-client.ts';
import { type ListedUpload, parseUploads, type UploadPage } from './s3-xml.ts';

const lanes = 8;

/**
 * @param prefix of the keys
 * @param before ms since 1970: younger ones stay
 * @param isOurs by the name of a file without its folder
 */
export async function dropUploads(
  client: S3Client,
  prefix: string,
  before: number,
  isOurs: (name: string) => boolean,
): Promise<void> {
  const left: ListedUpload[] = [];
  let next: UploadPage['next'] = null;
  try {
    do {
      const marks: Record<string, string> =
        next === null ? {} : { 'key-marker': next.key, 'upload-id-marker': next.id };
      const query = { uploads: '', 'encoding-type': 'url', prefix, ...marks };
      const page: UploadPage = await client.ask({ method: 'GET', key: null, query }, async (answer) =>
        parseUploads((await answer.gather()).toString()),
      );
      left.push(...page.uploads.filter(({ key, begun }) => begun < before && isOurs(basename(key))));
      next = page.next;
    } while (next !== null);
    await inLanes(left, lanes, async ({ key, id }) => {
      const drop = { method: 'DELETE', key, query: { uploadId: id } } as const;
      await client.ask(drop, async (answer) => void (await answer.gather()));
    });
  } catch (error) {
    // The keys may not list uploads, the server may have no such list, or another command was quicker: all are harmless.
    if (!(error instanceof Refused)) throw error;
  }
}
