/** Access control: requests need a bearer token, or, without one, must come from this machine. */
import { createHash, timingSafeEqual } from 'node:crypto';

/**
 * Returns a check for the token in an Authorization header. It compares hashes, so all wrong tokens take equally long.
 */
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

/** True for addresses that only programs on this machine can reach. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}

/**
 * True if the request's Host header names a loopback address. A web page can point its own host name to 127.0.0.1 (DNS
 * rebinding); without this check its script could read from a server that needs no token.
 */
export function namesLoopback(hostHeader: string | undefined): boolean {
  const host = /^(?:\[([^\]]*)\]|([^:]*))(?::\d+)?$/.exec(hostHeader ?? '');
  return host !== null && isLoopback(host[1] ?? host[2]!);
}
