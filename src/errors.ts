/**
 * Every error that a user can cause is a LongmixError: a code, what happened and where, and the cure.
 * The command line prints it without a stack; any other error is our bug and keeps its stack.
 */

/** Exit code of a command: the work failed, or the user's words are off. */
export type ExitCode = 1 | 2;

export interface ErrorDetails {
  /** What to do about it, one sentence. */
  readonly cure?: string;
  /** File, with `:line:column` where known. */
  readonly where?: string;
  /** 2 (default): the user's words are off (recipe, flags, paths); 1: the work failed. */
  readonly exitCode?: ExitCode;
  readonly cause?: unknown;
  /** What there is instead, where a name was wrong. */
  readonly names?: readonly string[];
}

/**
 * @example throw new LongmixError('source-missing', 'source "web": no such file or directory: ../web',
 *   { where: 'mix.yaml:4:10', cure: 'paths are relative to the recipe; check path' });
 */
export class LongmixError extends Error {
  readonly code: string;
  readonly where: string | undefined;
  readonly cure: string | undefined;
  readonly exitCode: ExitCode;
  readonly names: readonly string[];

  /** By name, for the command and a user's trainer that imports longmix have this class in two copies (dist/bin). */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof Error && value.name === 'LongmixError';
  }

  constructor(code: string, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? {} : { cause: details.cause });
    this.name = 'LongmixError';
    this.code = code;
    this.where = details.where;
    this.cure = details.cure;
    this.exitCode = details.exitCode ?? 2;
    this.names = details.names ?? [];
  }
}

/** The same error, said with more than the place that threw it knew. */
export function reworded(
  error: LongmixError,
  { message = error.message, exitCode = error.exitCode }: { message?: string; exitCode?: ExitCode },
): LongmixError {
  const { code, where, cure, cause, names } = error;
  const known = { names, ...(where === undefined ? {} : { where }), ...(cure === undefined ? {} : { cure }) };
  return new LongmixError(code, message, { ...known, exitCode, cause });
}

const systemReasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EADDRINUSE: 'another program listens there',
  EADDRNOTAVAIL: 'this machine has no such address',
  EDQUOT: 'the quota of the disk is used up',
  EEXIST: 'there is a file of that name',
  EISDIR: 'it is a folder',
  ENOENT: 'no such file or directory',
  ENOSPC: 'no space left on the device',
  ENOTDIR: 'a part of the path is a file',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
};

/** Why the system refused, in words where there are some: `permission denied`. */
export function systemReason(cause: unknown): string {
  const { code } = cause as NodeJS.ErrnoException;
  return code === undefined ? String(cause) : (systemReasons[code] ?? code);
}

/** `where: message\n  cure`: what the command line prints after `longmix: `. */
export function describeError(error: LongmixError): string {
  const head = error.where === undefined ? error.message : `${error.where}: ${error.message}`;
  return error.cure === undefined ? head : `${head}\n  ${error.cure}`;
}
