/** Who may ask: a bearer token, or, without one, programs on this machine only. */
import { createHash, timingSafeEqual } from 'node:crypto';

/** Does an Authorization header carry the token? Takes as long for every wrong one: hashes are compared. */
export function tokenCheck(token: string): (authorization: string | undefined) => boolean {
  const wanted = sha256(token);
  return (authorization = '') => {
    const [scheme = '', given = ''] = authorization.split(' ', 2);
    return timingSafeEqual(sha256(given), wanted) && scheme.toLowerCase() === 'bearer';
  };
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** True for what only programs on this machine can reach. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}

/**
 * Is the request meant for a loopback address? A web page can have its own name point to 127.0.0.1 (DNS rebinding), and
 * its script would then read what a server without a token gives to programs here.
 */
export function namesLoopback(hostHeader: string | undefined): boolean {
  const host = /^(?:\[([^\]]*)\]|([^:]*))(?::\d+)?$/.exec(hostHeader ?? '');
  return host !== null && isLoopback(host[1] ?? host[2]!);
}
