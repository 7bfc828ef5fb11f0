/**
 * No text can be extracted from a file. The file is a bad record, and the build continues. The message is the reason.
 */
export class BadFile extends Error {}
