/**
 * Cuts off readers that take nothing. The timeout of Node's own sockets will not do: a write that the system has taken in
 * part restarts it when it ends, so that it comes after up to twice the time; and so does whatever the reader sends.
 */
export interface IdleWatch {
  /** The reader has taken something, or there is something to take now. */
  alive(): void;
  /** There is nothing to take until `alive` is called again. */
  rest(): void;
  end(): void;
}

/** Calls `cut` once, when `alive` was not called for so long. */
export function watchIdle(seconds: number, cut: () => void): IdleWatch {
  const most = seconds * 1000;
  let last = performance.now();
  let resting = false;
  let timer: NodeJS.Timeout;
  // It is looked at when it could be over, so that a sign of life costs no timer.
  const look = () => {
    const left = resting ? most : most - (performance.now() - last);
    if (left > 0) timer = setTimeout(look, Math.ceil(left));
    else cut();
  };
  look();
  return {
    alive() {
      resting = false;
      last = performance.now();
    },
    rest() {
      resting = true;
    },
    end: () => clearTimeout(timer),
  };
}
