/** The collections that belong to one generation of the views: `accounts_v1` and so on. */
export const viewNames = [
  'accounts',
  'account_states',
  'entries',
  'late_entries',
  'holds',
  'transactions',
  'external_accounts',
  'totals',
  'clock',
  'checkpoints',
  'quarantine',
] as const;

export type ViewName = (typeof viewNames)[number];

/** Names the generation that answers queries: `{ _id: "ledger", live: 1 }`. */
export const PROJECTIONS = 'projections';

export const collectionName = (view: ViewName, generation: number): string =>
  `${view}_v${generation}`;

/** The generation of the views that a collection belongs to, if it is one of theirs. */
export function generationOf(collection: string): number | undefined {
  const [, view, generation] = /^(\w+)_v(\d+)$/.exec(collection) ?? [];
  return viewNames.some((name) => name === view) ? Number(generation) : undefined;
}
