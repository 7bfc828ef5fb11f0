/** A file that no text can be taken out of: a bad record, as the build goes on without it. Its message is the reason. */
export class BadFile extends Error {}
