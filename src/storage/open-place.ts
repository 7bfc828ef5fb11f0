/** Opens outputs and token stores in buckets, for the functions that take them by path (`places.ts`). */
import { isUrl, lowerScheme } from '../base/is-url.ts';
import { LongmixError } from '../errors.ts';
import { addPlace, findPlace } from './places.ts';
import { shownAddress } from './remote/address.ts';
import type { Mirror } from './remote/mirror.ts';

const mirrors = new Map<string, Mirror>();

function mirrorOf(path: string): { mirror: Mirror; name: string } | null {
  const found = isUrl(path) ? findPlace(path) : null;
  return found === null ? null : { mirror: mirrors.get(found.place.address)!, name: found.name };
}

/**
 * Lists a place in a bucket; a path of this machine needs nothing. Call this where a command begins: a place that was opened
 * before is brought up to date.
 * @throws LongmixError `remote-address` | `remote-unsupported` | `remote-denied` | `remote-missing` | `remote-unreachable`
 */
export async function openPlace(path: string): Promise<void> {
  if (!isUrl(path)) return;
  const known = mirrorOf(path);
  if (known !== null) return await known.mirror.refresh(true);
  const { storageOf } = await import('./remote-files.ts');
  const { Mirror } = await import('./remote/mirror.ts');
  const mirror = new Mirror(await storageOf(lowerScheme(path).replace(/\/+$/, '')));
  await mirror.refresh(true);
  mirrors.set(mirror.address, mirror);
  addPlace(mirror);
}

/** The same, unless the place is open. */
export async function needPlace(path: string): Promise<void> {
  if (mirrorOf(path) === null) await openPlace(path);
}

/** A folder of this name: what `s3:/bucket` leads to. */
const folderLikeScheme = /(?:^|[/\\])((?:s3|gs|az|hf|https?):)(?=[/\\]|$)/i;

/**
 * @throws LongmixError `remote-unsupported` if nothing can be written there, as on Azure, the hub or a web server;
 *   `remote-address` if it is an address with one slash
 */
export function refuseUnwritable(path: string): void {
  const scheme = isUrl(path) ? undefined : folderLikeScheme.exec(path)?.[1];
  if (scheme !== undefined) {
    throw new LongmixError('remote-address', `an address has two slashes after ${scheme}`, {
      where: path,
      cure: `write ${scheme.toLowerCase()}//BUCKET/PREFIX; a folder of the name ${scheme} can't be written to`,
    });
  }
  if (!isUrl(path) || /^(s3|gs):\/\//i.test(path)) return;
  throw new LongmixError('remote-unsupported', 'outputs and token stores lie in a folder, or in a bucket', {
    where: shownAddress(path),
    cure: 'give a folder, or s3://BUCKET/PREFIX (gs://BUCKET/PREFIX); Azure, the hub and web servers are only read',
  });
}

/** Brings what is known of a place up to date. @param contents also of its records and notes */
export async function refreshPlace(path: string, contents: boolean = true): Promise<void> {
  await mirrorOf(path)?.mirror.refresh(contents);
}

/** Nothing is written to the place any more, until the function that this returns is called. */
export function losePlace(path: string, error: Error): () => void {
  return mirrorOf(path)?.mirror.lose(error) ?? (() => {});
}

/** A command on the place has ended, with an error or without. */
export function endPlace(path: string): void {
  mirrorOf(path)?.mirror.end();
}

/** Sends what was written by path. Call this before others may read it, and before a command ends. */
export async function flushPlaces(): Promise<void> {
  for (const mirror of mirrors.values()) await mirror.flush();
}

/** A worker may be at what is younger. */
const uploadHours = 24;

/** Removes from a bucket the uploads that killed commands began. A path of this machine needs nothing. */
export async function sweepUploads(path: string, isOurs: (name: string) => boolean): Promise<void> {
  if (!isUrl(path)) return;
  const { storageOf } = await import('./remote-files.ts');
  const before = Date.now() - uploadHours * 3_600_000;
  await (await storageOf(path)).dropUploads?.('', before, isOurs);
}

/** Gets the content of files that are no records, so that they can be read by path. */
export async function fetchFiles(paths: readonly string[]): Promise<void> {
  const wanted = new Map<Mirror, string[]>();
  for (const path of paths) {
    const found = mirrorOf(path);
    if (found === null) continue;
    wanted.set(found.mirror, [...(wanted.get(found.mirror) ?? []), found.name]);
  }
  for (const [mirror, names] of wanted) await mirror.fetch(names);
}
