import { CLIENT_ID, REFERENCE_ID } from '@daybook/kernel';
import { derivedTransactionId, type DerivedKind } from './derived-ids';

const hash = () => 'f'.repeat(64);
const kinds: readonly DerivedKind[] = ['capture', 'void', 'expiry', 'reversal'];

it.each(kinds)('derives the id of a %s that no client can take, but refer to', (kind) => {
  for (const original of ['h1', 'x'.repeat(100), `_${kind}-h1`]) {
    const id = derivedTransactionId(kind, original, hash);
    expect(CLIENT_ID.test(id)).toBe(false);
    expect(REFERENCE_ID.test(id)).toBe(true);
  }
});

it('keeps hashed ids apart from plain ones', () => {
  const long = derivedTransactionId('capture', 'x'.repeat(100), hash);
  expect(derivedTransactionId('capture', hash(), hash)).not.toBe(long);
  expect(derivedTransactionId('capture', 'h1', hash)).toBe('_capture-h1');
});
