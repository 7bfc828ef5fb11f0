/**
 * Sends requests to one container of Azure: signs them, and sends them again while that may help. A refusal is thrown as
 * `Refused`; `explain` turns it into an error for the user. Only the codes of Azure are shown: its messages may repeat what
 * it was sent. https://learn.microsoft.com/rest/api/storageservices/blob-service-rest-api
 */
import { LongmixError } from '../../errors.ts';
import { encodePath, encodeQuery } from './address.ts';
import type { AzureSettings } from './azure-settings.ts';
import { authorization } from './azure-sign.ts';
import { type Answer, exchange } from './exchange.ts';
import { Refused } from './object-read.ts';
import { isBusy, Passing, type Patience, type Persistence, persist, retryAfter } from './retry.ts';

export interface Question {
  readonly method: 'GET' | 'HEAD';
  /** null: the container itself. */
  readonly name: string | null;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

export interface AzureClient {
  readonly container: string;
  readonly settings: AzureSettings;
  readonly persistence: Persistence;
  /** For messages. */
  addressOf(name: string): string;
  /** One request, not repeated. @throws Passing, Refused */
  once(question: Question): Promise<Answer>;
  /** @param take reads the answer @throws Refused, LongmixError `remote-unreachable` */
  ask<T>(question: Question, take: (answer: Answer) => Promise<T>): Promise<T>;
}

/** The first version whose lists say which names are encoded: those with characters that XML does not have. */
export const azureVersion = '2021-02-12';

const anyBody = 64 * 1024;

export function azureClient(container: string, settings: AzureSettings, patience: Patience): AzureClient {
  const { endpoint, account, key, sas } = settings;
  const persistence = { patience, counts: { retries: 0 } };
  const addressOf = (name: string) => `az://${container}/${name}`;
  const root = `${endpoint.pathname.replace(/\/+$/, '')}/${encodePath(container)}`;
  const once = async ({ method, name, query = {}, headers = {}, signal }: Question): Promise<Answer> => {
    const path = name === null ? root : `${root}/${encodePath(name)}`;
    const all: Record<string, string> = {
      host: endpoint.host,
      'x-ms-version': azureVersion,
      'x-ms-date': new Date().toUTCString(),
      ...headers,
    };
    if (key !== null) all.authorization = authorization({ method, path, query, headers: all }, account, key);
    const asked = [encodeQuery(query), sas].filter(Boolean).join('&');
    const answer = await exchange({
      ...{ method, origin: endpoint.origin, signal, stallSeconds: patience.stallSeconds },
      path: asked === '' ? path : `${path}?${asked}`,
      headers: all,
    });
    const { status } = answer;
    if (status >= 200 && status < 300) return answer;
    await answer.gather(anyBody);
    const code = String(answer.headers['x-ms-error-code'] ?? '').replace(/\W+/g, '');
    if (isBusy(status))
      throw new Passing(['the server answers', status, code].join(' ').trim(), retryAfter(answer.headers));
    throw new Refused(status, code, '');
  };
  return {
    ...{ container, settings, persistence, addressOf, once },
    ask: (question, take) =>
      persist(
        persistence,
        addressOf(question.name ?? ''),
        async () => await take(await once(question)),
        question.signal,
      ),
  };
}

/** Turns a refusal into an error for the user, and gives any other error back as it is. */
export function explain(error: unknown, client: AzureClient, name: string): unknown {
  if (!(error instanceof Refused)) return error;
  const where = client.addressOf(name);
  const { status, code } = error;
  const said = [status, code].filter(Boolean).join(' ');
  const { endpoint, key, sas } = client.settings;
  if (isMissing(error)) {
    const what =
      code === 'ContainerNotFound' ? `there is no container "${client.container}"` : 'there is no such blob';
    return new LongmixError('remote-missing', what, {
      where,
      cure: `check the address and the account, at ${endpoint.origin}`,
    });
  }
  const isAnonymous = key === null && sas === '';
  // Without a key, a container that is not public looks as if it were not there.
  if (status === 401 || status === 403 || /Auth|PublicAccess/.test(code) || (isAnonymous && status === 404)) {
    const cure = isAnonymous
      ? 'set AZURE_STORAGE_KEY, AZURE_STORAGE_SAS_TOKEN or AZURE_STORAGE_CONNECTION_STRING: without one, only public containers are read'
      : `check the ${key === null ? 'SAS token: whether it has run out, and' : 'account, its key,'} what may be done with this container, and the clock of this machine`;
    return new LongmixError('remote-denied', `the server refuses access (${said})`, {
      where,
      cure: `${cure} (at ${endpoint.origin})`,
    });
  }
  return new LongmixError('remote-refused', `the server refuses the request (${said})`, {
    where,
    cure: `check the address and the endpoint, ${endpoint.origin}`,
  });
}

/** Whether there is no such blob, or no container; an answer to HEAD may have no code. */
export function isMissing({ status, code }: Refused): boolean {
  return status === 404 && /^(BlobNotFound|ContainerNotFound|)$/.test(code);
}
