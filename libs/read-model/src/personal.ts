import type { Personal } from '@daybook/ledger-contracts';

/** Free text as views keep it; nothing of what is encrypted. */
export interface FreeText {
  readonly name: string | null;
  readonly reference: string | null;
  readonly metadata: Readonly<Record<string, unknown>> | null;
}

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);

const object = (value: unknown): Readonly<Record<string, unknown>> | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : null;

/** Reads the free text of an event's `personal` object. */
export function freeText(personal: Personal | undefined): FreeText {
  const data = personal?.enc === 'none' ? object(personal.data) : null;
  return {
    name: text(data?.['name']),
    reference: text(data?.['reference']),
    metadata: object(data?.['metadata']),
  };
}
