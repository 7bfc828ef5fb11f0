/**
 * Where the numbers of this process's system mean something: one boot of one machine, and there one namespace of processes.
 * Containers may share a host name and have processes of the same numbers; to take their files for one's own would be to
 * remove them while they are written.
 */
import { createHash } from 'node:crypto';
import { readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { readText } from './files.ts';

let known: string | undefined;

/** 12 hex digits. Where the system says neither its boot nor its namespace (not Linux), they are of the host's name. */
export function processPlace(): string {
  known ??= createHash('sha256')
    .update([hostname(), said(bootId), said(processNamespace)].join('\n'))
    .digest('hex')
    .slice(0, 12);
  return known;
}

function bootId(): string {
  return readText('/proc/sys/kernel/random/boot_id').trim();
}

function processNamespace(): string {
  return readlinkSync('/proc/self/ns/pid');
}

function said(ask: () => string): string {
  try {
    return ask();
  } catch {
    return '';
  }
}

/** Of this place. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
