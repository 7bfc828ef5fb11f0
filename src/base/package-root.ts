/**
 * The package's folder, to find files in it that are not code. The code may run from src/base, dist/base, or a chunk of
 * the bundle in dist/bin; each of these folders is two levels below the package's folder.
 */
export const packageRoot: URL = new URL('../../', import.meta.url);
