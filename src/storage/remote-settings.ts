/**
 * What reading files elsewhere needs beside their addresses, in this thread: a process hands it to its threads. Secrets
 * (the query of a signed address, a user and a password) are kept here and nowhere else: what has hold of an address has it
 * without them, so that none can get into a name, a list of tasks, a record or a message.
 */
import { shownAddress } from './remote/address.ts';

export interface CacheSettings {
  /** Absolute. */
  readonly folder: string;
  /** Files may take up so much. */
  readonly bytes: number;
}

/** Can be sent to a thread. */
export interface RemoteSettings {
  readonly cache: CacheSettings | null;
  /** Whole addresses of web servers by what is shown of them. */
  readonly secrets: ReadonlyMap<string, string>;
}

let cache: CacheSettings | null = null;
const secrets = new Map<string, string>();

export function remoteSettings(): RemoteSettings {
  return { cache, secrets };
}

export function takeRemoteSettings(settings: RemoteSettings): void {
  cache = settings.cache;
  for (const [shown, whole] of settings.secrets) secrets.set(shown, whole);
}

/** @param settings null: what is read is not kept */
export function useCache(settings: CacheSettings | null): void {
  cache = settings;
}

/** The address without its secrets, which `wholeAddress` gives back in this process and its threads. */
export function hideSecrets(address: string): string {
  const shown = shownAddress(address);
  if (shown !== address) secrets.set(shown, address);
  return shown;
}

export function wholeAddress(shown: string): string {
  return secrets.get(shown) ?? shown;
}
