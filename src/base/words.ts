/** Formats numbers for people, in messages, progress lines, tables and the report. */

/** 1234567 -> `1,234,567`. */
export function integer(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** (1, 'row') -> `1 row`, (1200, 'row') -> `1,200 rows`. */
export function counted(count: number, noun: string): string {
  return `${integer(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** 13521241 -> `13.5M`; below 10,000 in full. Powers of ten. */
export function compact(value: number): string {
  return scaled(value, 1000, ['', 'K', 'M', 'B', 'T']);
}

/** 268435456 -> `268 MB`. Powers of ten. */
export function bytes(value: number): string {
  return scaled(value, 1000, [' B', ' KB', ' MB', ' GB', ' TB']);
}

/** Power-of-two lengths as they are written in this field: 8192 -> `8K`, 1048576 -> `1M`, 5000 -> `5000`. */
export function length(tokens: number): string {
  if (tokens > 0 && tokens % 2 ** 20 === 0) return `${tokens / 2 ** 20}M`;
  if (tokens > 0 && tokens % 1024 === 0) return `${tokens / 1024}K`;
  return String(tokens);
}

/** The length of rows in words; null: the rows have several lengths. */
export function rowLength(width: number | null): string {
  return width === null ? 'several' : length(width);
}

/** 0.7 -> `70.0%`, for columns and running text. A share above 0 never reads as 0. */
export function percent(share: number): string {
  const value = share * 100;
  if (value === 0 || value >= 0.05) return `${value.toFixed(1)}%`;
  return value < 0.001 ? '< 0.001%' : `${value.toPrecision(1)}%`;
}

/** 0.7 -> `70%`, 0.12345 -> `12.35%`: a share as a person would have typed it, at most four digits. */
export function percentAsTyped(share: number): string {
  return `${Number((share * 100).toPrecision(4))}%`;
}

/** 0.99944 -> `99.944%`, for shares that people compare by the third decimal. A share below 1 never reads as 100%. */
export function percentFine(share: number): string {
  for (let digits = 3; digits < 8; digits += 1) {
    const text = (share * 100).toFixed(digits);
    if (share >= 1 || Number(text) < 100) return `${text}%`;
  }
  return '< 100%';
}

/** 75.3 s -> `1:15`. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '?';
  const whole = Math.round(seconds);
  const two = (n: number) => String(n).padStart(2, '0');
  const hours = Math.floor(whole / 3600);
  const rest = `${two(Math.floor((whole % 3600) / 60))}:${two(whole % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest.replace(/^0/, '');
}

function scaled(value: number, base: number, units: readonly string[]): string {
  if (Math.round(value) < base * 10) return `${integer(value)}${units[0]}`;
  // Three digits. A value that rounds to a thousand becomes one of the next unit (`1.00M`, not `1000K`).
  let unit = 0;
  let left = value;
  while (unit < units.length - 1 && (unit === 0 || left >= base - 0.5)) {
    left /= base;
    unit += 1;
  }
  const digits = left < 9.995 ? 2 : left < 99.95 ? 1 : 0;
  return `${left.toFixed(digits)}${units[unit]}`;
}
