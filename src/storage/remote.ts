/**
 * Places that are not on this machine, by their addresses:
 *
 *   s3://BUCKET/KEY                  S3 and whatever speaks its protocol (AWS_ENDPOINT_URL_S3)
 *   gs://BUCKET/KEY                  Google Cloud Storage, by HMAC keys
 *   az://CONTAINER/PATH              Azure Blob Storage, only read
 *   hf://datasets/NAME[@REV]/PATH    a dataset of the Hugging Face Hub, pinned to a commit when it is opened
 *   http://..., https://...          one file of a web server
 *
 * This module is only the way in. What speaks to a network is loaded when the first address is opened, so commands
 * without remote addresses pay nothing.
 */
import type { RemoteOptions, RemoteStorage } from './remote/remote-storage.ts';

const remoteScheme = /^(s3|gs|az|hf|https?):\/\//i;

export function isRemote(address: string): boolean {
  return remoteScheme.test(address);
}

/**
 * @param address of a folder, or of a file (`asFile`); no glob
 * @throws LongmixError `remote-address` | `remote-denied` | `remote-missing` | `remote-unreachable` | `peer-missing`
 */
export async function openRemote(address: string, options: RemoteOptions = {}): Promise<RemoteStorage> {
  const { patienceOf } = await import('./remote/retry.ts');
  const settings = {
    environment: options.environment ?? process.env,
    patience: patienceOf(options.patience),
  };
  switch (remoteScheme.exec(address)?.[1]?.toLowerCase()) {
    case 's3':
    case 'gs':
      return (await import('./remote/s3.ts')).openS3(address, settings);
    case 'az':
      return (await import('./remote/azure.ts')).openAzure(address, settings);
    case 'hf':
      return await (await import('./remote/hub.ts')).openHub(address, settings);
    case 'http':
    case 'https':
      return (await import('./remote/web.ts')).openWeb(address, settings);
    default:
      throw (await import('./remote/address.ts')).badAddress(address, 'its scheme is not known');
  }
}
