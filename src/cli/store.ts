/** `longmix store`: list token stores, and prune what no source of theirs needs any more. */

import { bytes, compact, counted } from '../base/words.ts';
import {
  findStores,
  pruneStore,
  type StoreSummary,
  storeSummary,
  type Unneeded,
} from '../build/store/prune-store.ts';
import { storeVariable } from '../build/store/store-place.ts';
import { LongmixError } from '../errors.ts';
import { table } from '../report/table.ts';
import { openPlace } from '../storage/open-place.ts';
import { relative, resolve } from '../storage/paths.ts';

interface Flags {
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

export async function runStore(
  action: 'list' | 'prune',
  path: string | undefined,
  flags: Flags,
): Promise<void> {
  const place = path ?? (process.env[storeVariable] || 'out');
  await openPlace(place);
  const stores = findStores(place);
  if (stores.length === 0) {
    throw new LongmixError('store-missing', `no finished token store in ${place}`, {
      cure: 'give a store, or a folder of builds or of stores; longmix build and longmix tokenize make stores',
    });
  }
  if (action === 'list') list(stores.map(storeSummary), flags);
  else await prune(stores, flags);
}

function list(stores: readonly StoreSummary[], { json }: Flags): void {
  if (json === true) {
    process.stdout.write(`${JSON.stringify(stores, null, 2)}\n`);
    return;
  }
  const left = { align: 'left' } as const;
  const columns = [
    { title: 'store', ...left },
    { title: 'tokenizer', ...left },
    ...['sources', 'parts', 'tokens', 'size', 'unneeded'].map((title) => ({ title })),
    { title: 'last use', ...left },
  ];
  const rows = stores.map(({ store, tokenizer, sources, parts, tokens, unneeded, ...rest }) => [
    shown(store),
    tokenizer,
    ...[sources.length, parts].map(String),
    compact(tokens),
    bytes(rest.bytes),
    unneeded.parts === 0 ? '-' : bytes(unneeded.bytes),
    rest.lastUse?.slice(0, 16).replace('T', ' ') ?? '-',
  ]);
  const [only] = stores;
  const ofSources =
    stores.length > 1
      ? []
      : [
          table(
            [{ title: 'source', ...left }, { title: 'parts' }, { title: 'tokens' }],
            only!.sources.map(({ source, parts, tokens }) => [source, String(parts), compact(tokens)]),
          ),
        ];
  process.stdout.write(`${[table(columns, rows), ...ofSources].join('\n\n')}\n`);
}

async function prune(stores: readonly string[], { dryRun = false, json }: Flags): Promise<void> {
  const pruned: ({ readonly store: string } & Unneeded)[] = [];
  for (const store of stores) {
    const unneeded = dryRun ? storeSummary(store).unneeded : await pruneStore(store);
    pruned.push({ store, ...unneeded });
    if (json === true) continue;
    const what = `${counted(unneeded.parts, 'part')}, ${bytes(unneeded.bytes)}`;
    const words =
      unneeded.parts === 0 ? 'nothing to remove' : `${dryRun ? 'would remove' : 'removed'} ${what}`;
    process.stdout.write(`${shown(store)}: ${words}\n`);
  }
  if (json === true) process.stdout.write(`${JSON.stringify(pruned, null, 2)}\n`);
}

function shown(store: string): string {
  const below = relative(process.cwd(), resolve(store)) || '.';
  return below.startsWith('..') ? resolve(store) : below;
}
