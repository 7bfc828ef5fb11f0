/**
 * The tokens of a store in a bucket on this machine, while rows are made of them: rows take documents from all over the
 * store, and each would be a request.
 */
import { copyFiles } from '../../storage/copied-files.ts';
import type { TemporaryFolder } from '../../storage/temporary-copy.ts';
import { type StoreManifest, tokensFile } from '../../store/format.ts';

/** @throws LongmixError `output-unwritable` if the temporary folder has no room, or what the bucket throws */
export async function copyTokens(
  store: string,
  { parts }: Pick<StoreManifest, 'parts'>,
): Promise<TemporaryFolder> {
  const files = parts.map(({ name, files }) => files.find((file) => file.name === tokensFile(name))!);
  return await copyFiles(store, files);
}
