/** Numbers as people read them. */

/** 1234567 -> `1,234,567`. */
export function integer(value: number): string {
  return Math.round(value).toLocaleString('en-US');
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

/** 0.7 -> `70.0%`; what isn't nothing doesn't read as nothing. */
export function percent(share: number): string {
  const value = share * 100;
  if (value !== 0 && Math.abs(value) < 0.05) return `${value.toPrecision(1)}%`;
  return `${value.toFixed(1)}%`;
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
  let unit = 0;
  let left = value;
  while (unit < units.length - 1 && (unit === 0 ? left >= base * 10 : left >= base)) {
    left /= base;
    unit += 1;
  }
  if (unit === 0) return `${integer(left)}${units[0]}`;
  return `${left < 10 ? left.toFixed(2) : left < 100 ? left.toFixed(1) : left.toFixed(0)}${units[unit]}`;
}
