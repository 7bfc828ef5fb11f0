/**
 * The package's folder, for what lies in it beside the code. Whatever form the code has (src/base, dist/base, or a
 * chunk of the bundle in dist/bin), this line is in a folder two below it.
 */
export const packageRoot: URL = new URL('../../', import.meta.url);
