/** Reads optional columns of a store: those that a plan asks for, and no others. */
import type { UsedColumns } from '../base/used-columns.ts';
import type { DocumentColumns, TextColumn } from '../nouns/tokens.ts';
import { createTextColumn, readNumbers } from './document-columns.ts';
import type { StoreManifest } from './format.ts';
import { indexes } from './part-index.ts';

/**
 * Optional columns of all documents. Memory: 8 bytes per document and column of numbers, 4 per column of texts, and the
 * distinct texts. A part without a column has documents without a value.
 *
 * @throws LongmixError `store-damaged`
 */
export async function loadColumns(
  folder: string,
  manifest: StoreManifest,
  { numbers, texts }: UsedColumns,
): Promise<DocumentColumns> {
  const { documents } = manifest.totals;
  const ofNumbers = new Map(numbers.map((name) => [name, new Float64Array(documents)]));
  const ofTexts = new Map(texts.map((name) => [name, createTextColumn(documents)]));
  if (numbers.length + texts.length > 0) {
    let document = 0;
    for await (const { docs } of indexes(folder, manifest.parts)) {
      for (const batch of docs.batches) {
        for (const [name, into] of ofNumbers) readNumbers(batch, name, into, document);
        for (const [name, column] of ofTexts) column.read(batch, name, document);
        document += batch.numRows;
      }
    }
  }
  const texted = (column: TextColumn): TextColumn => ({ values: column.values, index: column.index });
  return {
    numbers: ofNumbers,
    texts: new Map([...ofTexts].map(([name, column]) => [name, texted(column)])),
  };
}
