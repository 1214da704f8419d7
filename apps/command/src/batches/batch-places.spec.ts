import { placesOf } from './batch-places';

it('counts postings, and bytes where those are many', () => {
  expect(placesOf({}, 300)).toBe(1);
  expect(placesOf({ postings: [1, 2, 3] }, 300)).toBe(3);
  expect(placesOf({}, 16_000)).toBe(4);
});
