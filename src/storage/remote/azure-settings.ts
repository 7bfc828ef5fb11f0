/**
 * Which storage account is read and with what, from the variables of Azure's command line and of adlfs:
 *
 *   AZURE_STORAGE_CONNECTION_STRING                        all in one; then the others are not looked at
 *   AZURE_STORAGE_ACCOUNT, AZURE_STORAGE_ACCOUNT_NAME      the account
 *   AZURE_STORAGE_KEY, AZURE_STORAGE_ACCOUNT_KEY           its key
 *   AZURE_STORAGE_SAS_TOKEN                                or a signature that was handed out; with neither, only public containers
 *   AZURE_STORAGE_SERVICE_ENDPOINT                         another server than ACCOUNT.blob.core.windows.net
 */
import type { LongmixError } from '../../errors.ts';
import { checkHeader, settingsError } from './address.ts';
import type { Environment } from './remote-storage.ts';

export interface AzureSettings {
  readonly endpoint: URL;
  /** '' where the endpoint tells it, and nothing is signed. */
  readonly account: string;
  /** null: requests are not signed. */
  readonly key: Buffer | null;
  /** A query that is a signature; '': none. */
  readonly sas: string;
}

/** @throws LongmixError `remote-settings` */
export function azureSettings(environment: Environment, where: string): AzureSettings {
  const line = environment.AZURE_STORAGE_CONNECTION_STRING;
  const { account, key, sas, endpoint } = line ? connection(line, where) : variables(environment);
  if (!account && (!endpoint || key)) {
    throw settingsError(
      where,
      'no storage account of Azure is named',
      'set AZURE_STORAGE_ACCOUNT, and AZURE_STORAGE_KEY or AZURE_STORAGE_SAS_TOKEN; or AZURE_STORAGE_CONNECTION_STRING',
    );
  }
  // Nothing of these values is shown: a key may have been pasted into the wrong one.
  if (account && !/^[a-z0-9]{3,24}$/.test(account))
    throw wrong(where, 'the storage account', 'has 3 to 24 small letters and digits');
  if (key && !/^[A-Za-z0-9+/]+={0,2}$/.test(key)) throw wrong(where, 'the account key', 'is Base64');
  const token = sas?.replace(/^\?/, '') ?? '';
  if (token !== '') checkHeader(token, 'the SAS token', where);
  if (token !== '' && !/(^|&)sig=/.test(token))
    throw wrong(where, 'the SAS token', 'is a query with sig=, as Azure gives it');
  const url = endpoint || `https://${account}.blob.core.windows.net`;
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw wrong(where, 'the endpoint', 'is https://HOST[:PORT], with the account in the path for Azurite');
  return {
    endpoint: new URL(url),
    account: account ?? '',
    key: key ? Buffer.from(key, 'base64') : null,
    // A key may do everything, so a signature beside it says nothing.
    sas: key ? '' : token,
  };
}

interface Given {
  readonly account: string | undefined;
  readonly key: string | undefined;
  readonly sas: string | undefined;
  readonly endpoint: string | undefined;
}

function variables(environment: Environment): Given {
  return {
    account: environment.AZURE_STORAGE_ACCOUNT || environment.AZURE_STORAGE_ACCOUNT_NAME,
    key: environment.AZURE_STORAGE_KEY || environment.AZURE_STORAGE_ACCOUNT_KEY,
    sas: environment.AZURE_STORAGE_SAS_TOKEN,
    endpoint: environment.AZURE_STORAGE_SERVICE_ENDPOINT,
  };
}

/** What Azurite takes, and everybody knows. https://learn.microsoft.com/azure/storage/common/storage-connect-azurite */
const development = {
  account: 'devstoreaccount1',
  key: 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==',
  sas: undefined,
  endpoint: 'http://127.0.0.1:10000/devstoreaccount1',
};

/** `NAME=VALUE;NAME=VALUE` @throws LongmixError `remote-settings` */
function connection(line: string, where: string): Given {
  const pairs = line
    .trim()
    .split(';')
    .filter((pair) => pair !== '')
    .map((pair) => /^\s*(\w+)=(.*)$/s.exec(pair));
  const values = new Map(pairs.map((pair) => [pair?.[1]?.toLowerCase() ?? '', pair?.[2]?.trim()]));
  if (values.has(''))
    throw wrong(where, 'AZURE_STORAGE_CONNECTION_STRING', 'is NAME=VALUE;NAME=VALUE, in quotes in a shell');
  if (values.get('usedevelopmentstorage') === 'true') return development;
  const account = values.get('accountname');
  const [protocol, suffix] = [values.get('defaultendpointsprotocol'), values.get('endpointsuffix')];
  const host = account && suffix ? `${protocol || 'https'}://${account}.blob.${suffix}` : undefined;
  return {
    account,
    key: values.get('accountkey'),
    sas: values.get('sharedaccesssignature'),
    endpoint: values.get('blobendpoint') || host,
  };
}

function wrong(where: string, what: string, rule: string): LongmixError {
  return settingsError(
    where,
    `${what} that is set for Azure cannot be right: it ${rule}`,
    'correct the variable: AZURE_STORAGE_CONNECTION_STRING, or AZURE_STORAGE_ACCOUNT, _KEY, _SAS_TOKEN and _SERVICE_ENDPOINT',
  );
}
