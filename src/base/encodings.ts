/**
 * Maps the names of character encodings to the names used in longmix. It accepts the labels of the WHATWG standard,
 * which Node's TextDecoder reads, Python's names (cp932, utf_16_le), and UTF-32, which the standard leaves out.
 */

/** Python's and other common names that the standard lacks. Looked up in lower case, with `-` in place of `_`. */
const aliases: Readonly<Record<string, string>> = {
  cp932: 'shift_jis',
  cp936: 'gbk',
  cp949: 'euc-kr',
  uhc: 'euc-kr',
  cp950: 'big5',
  eucjp: 'euc-jp',
  euckr: 'euc-kr',
  cp65001: 'utf-8',
  'utf-8-sig': 'utf-8',
  utf16: 'utf-16le',
  'utf-16-le': 'utf-16le',
  'utf-16-be': 'utf-16be',
  utf16le: 'utf-16le',
  utf16be: 'utf-16be',
  'utf-32': 'utf-32le',
  'utf-32-le': 'utf-32le',
  'utf-32-be': 'utf-32be',
  'utf-32le': 'utf-32le',
  'utf-32be': 'utf-32be',
  utf32: 'utf-32le',
  utf32le: 'utf-32le',
  utf32be: 'utf-32be',
  'latin-1': 'windows-1252',
  'latin-2': 'iso-8859-2',
  'mac-roman': 'macintosh',
};

/** Returns the encoding that a label names, such as `utf-16le` for `UTF16`; null if it names none that can be read. */
export function encodingOf(label: string): string | null {
  const plain = label.trim().toLowerCase();
  const dashed = plain.replaceAll('_', '-');
  for (const name of [aliases[dashed] ?? plain, dashed, dashed.replace(/^iso(?=\d)/, 'iso-')]) {
    const known = name.startsWith('utf-32') ? name : standardName(name);
    if (known !== null) return known;
  }
  return null;
}

function standardName(label: string): string | null {
  try {
    return new TextDecoder(label).encoding;
  } catch {
    return null;
  }
}
