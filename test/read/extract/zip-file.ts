/** Makes valid and damaged archives for tests. */
import { crc32, deflateRawSync } from 'node:zlib';

interface Entry {
  readonly name: string;
  readonly content: string;
  /** What the archive says of it, where that is a lie. */
  readonly size?: number;
  readonly check?: number;
  readonly flags?: number;
}

export function zipFile(entries: readonly Entry[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content, size, check, flags = 0 } of entries) {
    const data = Buffer.from(content);
    const packed = deflateRawSync(data);
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(flags, 2);
    fields.writeUInt16LE(8, 4);
    fields.writeUInt32LE(check ?? crc32(data), 10);
    fields.writeUInt32LE(packed.length, 14);
    fields.writeUInt32LE(size ?? data.length, 18);
    fields.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), fields, Buffer.from(name), packed]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\0'), fields, rest, Buffer.from(name)]));
    parts.push(local);
    offset += local.length;
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(listed.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, listed, end]);
}

const container =
  '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles></container>';

/** A book of these chapters (href -> XHTML), in the order of `spine`, with other entries beside. */
export function epubFile(
  chapters: Readonly<Record<string, string>>,
  spine: readonly string[] = Object.keys(chapters),
  others: readonly Entry[] = [],
): Buffer {
  const items = Object.keys(chapters).map(
    (href) =>
      `<item id="${href}" href="${encodeURI(href)}" media-type="application/xhtml+xml"${href === 'nav.xhtml' ? ' properties="nav"' : ''}/>`,
  );
  const refs = spine.map((href) => `<itemref idref="${href}"/>`);
  const listing = `<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf"><manifest>${items.join('')}</manifest><spine>${refs.join('')}</spine></package>`;
  const texts = Object.entries(chapters).map(([href, content]) => ({ name: `OEBPS/${href}`, content }));
  const replaced = new Set(others.map(({ name }) => name));
  return zipFile([
    { name: 'META-INF/container.xml', content: container },
    { name: 'OEBPS/book.opf', content: listing },
    ...texts.filter(({ name }) => !replaced.has(name)),
    ...others,
  ]);
}
