/**
 * Where a bucket is and with which keys it is read, from the places where AWS's own tools look:
 *
 *   AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL      another server than Amazon's; `endpoint_url` of the profile
 *   AWS_REGION, AWS_DEFAULT_REGION             `region` of the profile; us-east-1
 *   AWS_S3_FORCE_PATH_STYLE=true|false         `s3.addressing_style` of the profile; path where an endpoint is given
 *   AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN
 *   AWS_PROFILE, AWS_SHARED_CREDENTIALS_FILE, AWS_CONFIG_FILE
 *   AWS_NO_SIGN_REQUEST=1                      no keys at all, for public buckets (AWS_SKIP_SIGNATURE=true is the same)
 *
 * Everything else (SSO, roles, credential_process, web identity, the metadata of a machine) takes
 * @aws-sdk/credential-provider-node, 16 MB, which a user installs who needs it. It is loaded only where no keys are found.
 *
 * Google's buckets (gs://) have GS_ACCESS_KEY_ID and GS_SECRET_ACCESS_KEY, or GS_NO_SIGN_REQUEST, as GDAL has them, and
 * STORAGE_EMULATOR_HOST.
 */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { LongmixError } from '../../errors.ts';
import { checkHeader, settingsError } from './address.ts';
import type { Environment } from './remote-storage.ts';
import { amazon, type Dialect, google, type Keys } from './s3-sign.ts';

export interface S3Settings {
  /** null: Amazon's, by region. */
  readonly endpoint: URL | null;
  readonly region: string;
  /** The bucket is in the path, not in the host. */
  readonly pathStyle: boolean;
  readonly dialect: Dialect;
  /** null: requests are not signed. `renew`: those that were given last are refused as too old. */
  keys(renew?: boolean): Promise<Keys | null>;
}

type Profile = ReadonlyMap<string, string>;

/** @throws LongmixError `remote-settings` */
export function s3Settings(environment: Environment, where: string): S3Settings {
  const { profile, services, name } = profileOf(environment, where);
  const endpoint =
    environment.AWS_ENDPOINT_URL_S3 ||
    environment.AWS_ENDPOINT_URL ||
    services.get('s3.endpoint_url') ||
    profile.get('s3.endpoint_url') ||
    profile.get('endpoint_url');
  const region = environment.AWS_REGION || environment.AWS_DEFAULT_REGION || profile.get('region');
  const style = profile.get('s3.addressing_style');
  const forced = environment.AWS_S3_FORCE_PATH_STYLE;
  const pathStyle = forced ? isYes(forced) : style ? style === 'path' : Boolean(endpoint);
  const url = endpoint ? endpointOf(endpoint, where) : null;
  return {
    endpoint: url,
    region: region || 'us-east-1',
    pathStyle,
    dialect: amazon,
    keys: keysOf(environment, profile, name, where),
  };
}

export function googleSettings(environment: Environment, where: string): S3Settings {
  const { GS_ACCESS_KEY_ID: id, GS_SECRET_ACCESS_KEY: secret, STORAGE_EMULATOR_HOST: emulator } = environment;
  const host = emulator && !emulator.includes('://') ? `http://${emulator}` : emulator;
  const anonymous = isYes(environment.GS_NO_SIGN_REQUEST);
  if (!anonymous && (!id || !secret)) {
    throw new LongmixError('remote-denied', 'there are no keys for Google Cloud Storage', {
      where,
      cure: 'set GS_ACCESS_KEY_ID and GS_SECRET_ACCESS_KEY to an HMAC key of a service account; or GS_NO_SIGN_REQUEST=1 for a public bucket',
    });
  }
  const keys = anonymous ? null : staticKeys(where, id, secret);
  return {
    endpoint: endpointOf(host || 'https://storage.googleapis.com', where),
    region: 'auto',
    pathStyle: true,
    dialect: google,
    keys: async () => keys,
  };
}

function isYes(value: string | undefined): boolean {
  return /^(1|y|yes|true|on)$/i.test(value ?? '');
}

function endpointOf(text: string, where: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url !== null && /^https?:$/.test(url.protocol)) return url;
  throw settingsError(
    where,
    'the endpoint for S3 is not a URL',
    'write AWS_ENDPOINT_URL_S3=https://HOST[:PORT]',
  );
}

function keysOf(environment: Environment, profile: Profile, name: string | undefined, where: string) {
  if (isYes(environment.AWS_NO_SIGN_REQUEST) || isYes(environment.AWS_SKIP_SIGNATURE))
    return async () => null;
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = environment;
  if (!AWS_ACCESS_KEY_ID !== !AWS_SECRET_ACCESS_KEY) {
    const [set, lacks] = AWS_ACCESS_KEY_ID
      ? ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']
      : ['AWS_SECRET_ACCESS_KEY', 'AWS_ACCESS_KEY_ID'];
    throw settingsError(where, `${set} is set, and ${lacks} is not`, 'set both, or neither of them');
  }
  const given =
    staticKeys(where, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN) ??
    staticKeys(
      where,
      profile.get('aws_access_key_id'),
      profile.get('aws_secret_access_key'),
      profile.get('aws_session_token'),
    );
  if (given !== null) return async () => given;
  return providedKeys(name, where);
}

/** null: they are not there. */
function staticKeys(where: string, id?: string, secret?: string, session?: string): Keys | null {
  if (!id || !secret) return null;
  for (const text of [id, session || id]) checkHeader(text, 'a key for S3', where);
  return { id, secret, session: session || undefined };
}

interface Provided {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

/** Keys are asked for again five minutes before they end. */
const renewalMs = 5 * 60_000;
const providerPackage: string = '@aws-sdk/credential-provider-node';

function providedKeys(profile: string | undefined, where: string): S3Settings['keys'] {
  let ask: (() => Promise<Provided>) | undefined;
  let last: Promise<Provided> | undefined;
  let end = 0;
  return async (renew = false) => {
    if (ask === undefined) {
      const { defaultProvider } = await loadProvider(where);
      ask = () => defaultProvider(profile === undefined ? {} : { profile })();
    }
    if (last === undefined || renew || Date.now() > end - renewalMs) {
      last = ask();
      end = Number.POSITIVE_INFINITY;
      last.then(
        ({ expiration }) => (end = expiration?.getTime() ?? Number.POSITIVE_INFINITY),
        () => (last = undefined),
      );
    }
    try {
      const { accessKeyId, secretAccessKey, sessionToken } = await last;
      return { id: accessKeyId, secret: secretAccessKey, session: sessionToken };
    } catch {
      // What it says is not shown: it may have been told secrets.
      throw new LongmixError('remote-denied', `${providerPackage} finds no credentials`, {
        where,
        cure: keysCure,
      });
    }
  };
}

const keysCure =
  'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE; or AWS_NO_SIGN_REQUEST=1 for a public bucket';

interface Provider {
  defaultProvider(options: { readonly profile?: string }): () => Promise<Provided>;
}

async function loadProvider(where: string): Promise<Provider> {
  try {
    return (await import(providerPackage)) as Provider;
  } catch {
    throw new LongmixError(
      'peer-missing',
      `no keys for S3 are in the environment or in the files of AWS, and ${providerPackage}, which knows the other places, is not installed`,
      { where, cure: `${keysCure}; for SSO and roles: npm install ${providerPackage}` },
    );
  }
}

function profileOf(environment: Environment, where: string) {
  const home = join(environment.HOME || environment.USERPROFILE || homedir(), '.aws');
  const credentials = sections(environment.AWS_SHARED_CREDENTIALS_FILE || join(home, 'credentials'));
  const config = sections(environment.AWS_CONFIG_FILE || join(home, 'config'));
  const asked = environment.AWS_PROFILE || environment.AWS_DEFAULT_PROFILE || undefined;
  const name = asked ?? 'default';
  const [own, general] = [credentials.get(name), config.get(`profile ${name}`) ?? config.get(name)];
  if (asked !== undefined && own === undefined && general === undefined)
    throw settingsError(
      where,
      `AWS_PROFILE names the profile "${asked}", which is in neither file of AWS`,
      'correct AWS_PROFILE, or unset it',
    );
  const profile: Profile = new Map([...(general ?? []), ...(own ?? [])]);
  const services: Profile = config.get(`services ${profile.get('services')}`) ?? new Map();
  return { profile, services, name: asked };
}

/**
 * Sections of a file of AWS, and their values; the indented ones below `s3 =` get the name `s3.NAME`. A file that is not
 * there has none.
 */
function sections(path: string): Map<string, Map<string, string>> {
  const found = new Map<string, Map<string, string>>();
  let section = new Map<string, string>();
  let parent = '';
  for (const line of linesOf(path)) {
    const name = /^\s*\[\s*(.+?)\s*\]/.exec(line)?.[1];
    if (name !== undefined) {
      const key = name.replace(/\s+/g, ' ').replace(/"/g, '');
      section = found.get(key) ?? new Map<string, string>();
      found.set(key, section);
      continue;
    }
    const [, indent = '', key, value = ''] = /^(\s*)([^#;=\s][^=]*?)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (key === undefined) continue;
    if (indent === '') parent = key;
    section.set(indent === '' ? key : `${parent}.${key}`, value.replace(/\s+[#;].*$/, ''));
  }
  return found;
}

function linesOf(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split(/\r?\n/);
  } catch {
    return [];
  }
}
