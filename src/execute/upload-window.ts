/**
 * Bounds how many files of a thread are on their way to a bucket while it makes the next one: each is held until it is there,
 * in memory up to 16 MiB and else in the temporary folder.
 */
const most = 2;

export function uploadWindow(): {
  /** Waits until another may be added. What an upload throws is for its own caller. */
  room(): Promise<void>;
  add(upload: Promise<unknown>): void;
} {
  const underWay = new Set<Promise<unknown>>();
  return {
    async room() {
      while (underWay.size >= most) await Promise.race(underWay);
    },
    add(upload) {
      const ended = upload.catch(() => {}).finally(() => underWay.delete(ended));
      underWay.add(ended);
    },
  };
}
