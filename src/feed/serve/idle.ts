/**
 * Cuts off readers that take nothing. The timeout of Node's sockets does not work here: the end of a write that the
 * system has taken in part restarts it, so that it fires after up to twice the time. Anything that the reader sends
 * restarts it as well.
 */
export interface IdleWatch {
  /** Call when the reader has taken something, or when there is something to take again. */
  alive(): void;
  /** Call when there is nothing to take. Time doesn't count until `alive` is called. */
  rest(): void;
  end(): void;
}

/** Calls `cut` once, if `alive` was not called for `seconds`. */
export function watchIdle(seconds: number, cut: () => void): IdleWatch {
  const most = seconds * 1000;
  let last = performance.now();
  let resting = false;
  let timer: NodeJS.Timeout;
  // The timer fires when the time could be over, so that a call of `alive` needs no new timer.
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
