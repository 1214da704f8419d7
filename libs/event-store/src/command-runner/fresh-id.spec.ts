import { freshId } from './fresh-id';

it('gives random UUIDs of version 4, each another', () => {
  const ids = Array.from({ length: 20_000 }, () => freshId());
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) {
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  }
});

it('uses every bit that its version leaves free', () => {
  const ids = Array.from({ length: 2_000 }, () => BigInt(`0x${freshId().replaceAll('-', '')}`));
  const everSet = ids.reduce((bits, id) => bits | id, 0n);
  const alwaysSet = ids.reduce((bits, id) => bits & id, everSet);
  expect(everSet.toString(16)).toBe('ffffffffffff4fffbfffffffffffffff');
  expect(alwaysSet.toString(16)).toBe('40008000000000000000');
});
