/**
 * Extracts the text of an EPUB's chapters as Markdown, in the order of its spine, without the table of contents.
 * Entries are looked up by name in the archive, and nothing is unpacked to the disk, so a name can't point outside the
 * archive. Sizes are checked before and while an entry is unpacked. Cost: a book's text is in memory.
 */
import { crc32 } from 'node:zlib';
import yauzl, { type Entry, type ZipFile } from 'yauzl';
import { BadFile } from './bad-file.ts';
import { chapterText } from './html.ts';
import { type Attributes, scanMarkup } from './scan-markup.ts';

const mostEntries = 50_000;

/**
 * @param most the largest size of all chapters together, unpacked, in bytes
 * @throws BadFile; whatever `hold` throws
 */
export async function epubText(path: string, most: number, hold: (bytes: number) => void): Promise<string> {
  const archive = await openArchive(path);
  try {
    const encrypted = encryptedNames(await archive.read('META-INF/encryption.xml'));
    const container = await archive.read('META-INF/container.xml');
    if (container === null) throw new BadFile('not an EPUB: it has no META-INF/container.xml');
    const packagePath = firstAttribute(container, 'rootfile', 'full-path');
    const listing = packagePath === null ? null : await archive.read(packagePath);
    if (packagePath === null || listing === null) throw new BadFile('the EPUB has no package document');
    const names = spineOf(listing, packagePath);
    if (names.length === 0) throw new BadFile('the EPUB lists no chapters');
    const size = names.reduce((sum, name) => sum + archive.sizeOf(name), 0);
    if (size > most)
      throw new BadFile(
        `its chapters are ${Math.ceil(size / 1e6)} MB unpacked; at most ${Math.floor(most / 1e6)} MB are read`,
      );
    hold(size);
    const texts: string[] = [];
    for (const name of names) {
      if (encrypted.has(name)) throw new BadFile(`its chapters are encrypted (${name})`);
      const chapter = await archive.read(name);
      if (chapter === null) throw new BadFile(`the chapter ${name} is not in it`);
      texts.push(chapterText(chapter));
    }
    return texts.filter((text) => text !== '').join('\n\n');
  } finally {
    archive.close();
  }
}

interface Archive {
  /** Unpacked size of an entry in bytes; 0: there is no such entry. */
  sizeOf(name: string): number;
  /** An entry as text; null: there is no such entry. */
  read(name: string): Promise<string | null>;
  close(): void;
}

async function openArchive(path: string): Promise<Archive> {
  const zip = await new Promise<ZipFile>((resolve, reject) => {
    yauzl.open(path, { lazyEntries: true, autoClose: false }, (error, file) =>
      error ? reject(bad(error)) : resolve(file),
    );
  });
  try {
    const entries = await entriesOf(zip);
    return {
      sizeOf: (name) => entries.get(name)?.uncompressedSize ?? 0,
      async read(name) {
        const entry = entries.get(name);
        return entry === undefined ? null : await readEntry(zip, entry);
      },
      close: () => zip.close(),
    };
  } catch (error) {
    zip.close();
    throw error;
  }
}

/** Entries by name. If several entries have one name, the first counts. */
function entriesOf(zip: ZipFile): Promise<Map<string, Entry>> {
  const entries = new Map<string, Entry>();
  return new Promise((resolve, reject) => {
    if (zip.entryCount > mostEntries)
      throw new BadFile(`the archive has ${zip.entryCount} entries; at most ${mostEntries} are read`);
    zip.on('error', (error: Error) => reject(bad(error)));
    zip.on('end', () => resolve(entries));
    zip.on('entry', (entry: Entry) => {
      if (!entries.has(entry.fileName)) entries.set(entry.fileName, entry);
      zip.readEntry();
    });
    zip.readEntry();
  });
}

/** The same limit as for an HTML page. */
const mostEntryBytes = 32 * 1024 * 1024;

function readEntry(zip: ZipFile, entry: Entry): Promise<string> {
  const { fileName: name, uncompressedSize: size } = entry;
  return new Promise((resolve, reject) => {
    if (entry.isEncrypted()) throw new BadFile(`${name} is encrypted`);
    if (size > mostEntryBytes)
      throw new BadFile(
        `${name} is ${Math.ceil(size / 1e6)} MB; a chapter of at most ${Math.floor(mostEntryBytes / 1e6)} MB is read`,
      );
    zip.openReadStream(entry, (error, stream) => {
      if (error) return reject(bad(error));
      const blocks: Buffer[] = [];
      let check = 0;
      // yauzl ends the stream with an error if the entry is larger or smaller than the archive says.
      stream.on('data', (block: Buffer) => {
        blocks.push(block);
        check = crc32(block, check);
      });
      stream.on('error', (cause: Error) => reject(bad(cause)));
      stream.on('end', () => {
        if (check !== entry.crc32) reject(new BadFile(`${name} is damaged: its checksum differs`));
        else resolve(Buffer.concat(blocks).toString());
      });
    });
  });
}

function bad(error: Error): BadFile {
  return error instanceof BadFile ? error : new BadFile(`not a valid EPUB: ${error.message}`);
}

/** The names of the chapters' entries, in reading order and without repeats. */
function spineOf(listing: string, packagePath: string): string[] {
  const items = new Map<string, Attributes>();
  const order: string[] = [];
  scanMarkup(listing, 'xml', {
    open(name, attributes) {
      const local = name.slice(name.indexOf(':') + 1);
      if (local === 'item') items.set(attributes.get('id') ?? '', attributes);
      if (local === 'itemref') order.push(attributes.get('idref') ?? '');
    },
    close() {},
    text() {},
  });
  const names = new Set<string>();
  for (const id of order) {
    const item = items.get(id);
    if (item === undefined)
      throw new BadFile(`the EPUB's spine names ${JSON.stringify(id)}, which it does not list`);
    const isContents = (item.get('properties') ?? '').split(/\s+/).includes('nav');
    const isPage = /html|^$/i.test(item.get('media-type') ?? '');
    if (isPage && !isContents) names.add(resolveName(packagePath, item.get('href') ?? ''));
  }
  return [...names];
}

function encryptedNames(xml: string | null): ReadonlySet<string> {
  const names = new Set<string>();
  if (xml === null) return names;
  scanMarkup(xml, 'xml', {
    open(name, attributes) {
      if (name.endsWith('CipherReference')) names.add(resolveName('', attributes.get('URI') ?? ''));
    },
    close() {},
    text() {},
  });
  return names;
}

function firstAttribute(xml: string, element: string, attribute: string): string | null {
  let found: string | null = null;
  scanMarkup(xml, 'xml', {
    open(name, attributes) {
      if (name === element || name.endsWith(`:${element}`)) found ??= attributes.get(attribute) ?? null;
    },
    close() {},
    text() {},
  });
  return found;
}

/** Resolves a relative address in the archive to the name of an entry. */
function resolveName(base: string, href: string): string {
  const [path = ''] = href.split(/[?#]/, 1);
  const parts = base.split('/').slice(0, -1);
  for (const part of decoded(path).split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
