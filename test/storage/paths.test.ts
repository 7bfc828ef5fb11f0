import nodePath from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { dirname, isAbsolute, join, relative, resolve } from '../../src/storage/paths.ts';
import { fuzz } from '../support/fuzz.ts';

it('takes paths of this machine as node:path does', () => {
  const part = fc.constantFrom('a', 'b/c', '..', '.', '/d', 'e/', '', 's3', 'x:/y');
  fc.assert(
    fc.property(part, fc.array(part, { maxLength: 4 }), (first, more) => {
      expect(join(first, ...more)).toBe(nodePath.join(first, ...more));
      expect(resolve(first, ...more)).toBe(nodePath.resolve(first, ...more));
      expect(relative(first, more[0] ?? 'a')).toBe(nodePath.relative(first, more[0] ?? 'a'));
      expect(dirname(first)).toBe(nodePath.dirname(first));
      expect(isAbsolute(first)).toBe(nodePath.isAbsolute(first));
    }),
    fuzz(100),
  );
});

it('joins addresses, and no way leads out of a bucket', () => {
  expect(join('s3://b/out', 'train', 'x.arrow')).toBe('s3://b/out/train/x.arrow');
  expect(join('s3://b/out/', '.longmix')).toBe('s3://b/out/.longmix');
  expect(join('s3://b', 'out')).toBe('s3://b/out');
  expect(resolve('s3://b/out/train', '../store')).toBe('s3://b/out/store');
  expect(resolve('s3://b/out', '../../../..')).toBe('s3://b');
  expect(resolve('/here', 's3://b/out')).toBe('s3://b/out');
  expect(resolve('s3://b/out', '/here')).toBe('/here');
  expect(resolve('s3://b/out', 'gs://c/store')).toBe('gs://c/store');
  expect(dirname('s3://b/out/train')).toBe('s3://b/out');
  expect(dirname('s3://b')).toBe('s3://b');
  expect(relative('s3://b/out/train', 's3://b/out/store')).toBe('../store');
  expect(relative('s3://b/out', 's3://c/store')).toBe('s3://c/store');
  expect(relative('/here', 's3://b/store')).toBe('s3://b/store');
  expect(isAbsolute('s3://b')).toBe(true);
  expect(relative('S3://b/out', resolve('s3://b/Out/X'))).toBe('../Out/X');
  expect(resolve('GS://b/Out')).toBe('gs://b/Out');
});
