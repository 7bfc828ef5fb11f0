/**
 * Reads a number of a tokenizer.json as Hugging Face's library does. The library's JSON parser (serde_json without its
 * feature `float_roundtrip`) rounds twice: it converts the digits as a whole number to a double, then divides by a
 * power of ten. For numbers of 16 or 17 digits, such as the scores of Unigram models, the result may be one bit away
 * from the nearest double, and this bit decides between segmentations whose scores differ only by rounding.
 *
 * Policy: the digits are taken to be the shortest that give the number, as Rust, Python and JavaScript write them. A
 * file with more digits, written by hand, is read as if it had the shortest ones.
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

/** The double that is nearest to the power; `10 ** exponent` may be another one. */
function powerOfTen(exponent: number): number {
  return Number(`1e${exponent}`);
}
