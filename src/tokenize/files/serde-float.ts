/**
 * A number of a tokenizer.json as Hugging Face's library reads it. The library's JSON parser (serde_json without its feature
 * `float_roundtrip`) rounds twice: the digits as a whole number to a double, and that one divided by a power of ten.
 * Numbers of 16 or 17 digits, which scores of Unigram models have, may end one bit away from the nearest double, and that
 * decides between segmentations whose scores are equal but for rounding.
 *
 * Policy: the digits are the shortest ones that give the number, which is how Rust, Python and JavaScript write it. A file
 * with longer ones, written by hand, is read as if it had those.
 */
const largestPower = 308;

/** @param value finite */
export function serdeFloat(value: number): number {
  const [, sign = '', whole = '', fraction = '', power = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(value)) ?? [];
  const digits = Number(whole + fraction);
  const scaled = scale(digits, Number(power) - fraction.length);
  return sign === '' ? scaled : -scaled;
}

function scale(digits: number, exponent: number): number {
  if (exponent >= 0) return digits * powerOfTen(exponent);
  let value = digits;
  let left = -exponent;
  for (; left > largestPower; left -= largestPower) value /= powerOfTen(largestPower);
  return value / powerOfTen(left);
}

/** The nearest double, which `10 ** exponent` need not be. */
function powerOfTen(exponent: number): number {
  return Number(`1e${exponent}`);
}
