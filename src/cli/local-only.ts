/** What commands say of an address where they read this machine's folders only. */
import { LongmixError } from '../errors.ts';
import { shownAddress } from '../storage/remote/address.ts';
import { isRemote } from '../storage/remote.ts';

/** @throws LongmixError `remote-unsupported` if the place is an address (`s3://...`) */
export function refuseRemote(place: string, command: string): void {
  if (!isRemote(place)) return;
  throw new LongmixError('remote-unsupported', `longmix ${command} takes folders of this machine only`, {
    where: shownAddress(place),
    cure: 'give a folder',
  });
}
