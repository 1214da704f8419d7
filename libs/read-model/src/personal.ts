import type { Personal } from '@daybook/ledger-contracts';

/** Free text as views keep it; nothing of what is encrypted. */
export interface FreeText {
  readonly name: string | null;
  readonly reference: string | null;
  /** JSON text. */
  readonly metadata: string | null;
}

/** Half a surrogate pair cannot be stored as UTF-8: it becomes the replacement character. */
const text = (value: unknown): string | null =>
  typeof value === 'string' ? value.replace(/\p{Surrogate}/gu, '\ufffd') : null;

const object = (value: unknown): Readonly<Record<string, unknown>> | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : null;

const json = (value: unknown): string | null => {
  const found = object(value);
  return found && JSON.stringify(found);
};

const nothing: FreeText = { name: null, reference: null, metadata: null };

/**
 * The free text after an event's `personal` object: a field that is there replaces the one
 * before it (null takes it away), absent fields stay.
 */
export function freeText(
  personal: Personal | undefined,
  before: Partial<FreeText> = nothing,
): FreeText {
  const data = personal?.enc === 'none' ? object(personal.data) : null;
  const kept = { ...nothing, ...before };
  if (!data) return kept;
  return {
    name: 'name' in data ? text(data['name']) : kept.name,
    reference: 'reference' in data ? text(data['reference']) : kept.reference,
    metadata: 'metadata' in data ? json(data['metadata']) : kept.metadata,
  };
}
