import { prefersEvents } from './prefers-events';

it.each([
  'text/event-stream',
  'TEXT/Event-Stream',
  'application/json, text/event-stream',
  'application/json;q=0.5, text/event-stream; charset=utf-8; q=0.9',
  'text/event-stream, */*;q=0.1',
])('takes Accept: %s for a wish for events', (accept) => {
  expect(prefersEvents(accept)).toBe(true);
});

it.each([
  undefined,
  '',
  '*/*',
  'application/json',
  'text/event-stream;q=0, application/json',
  'application/json, text/event-stream;q=0.5',
  'text/event-streams',
])('answers JSON to Accept: %s', (accept) => {
  expect(prefersEvents(accept)).toBe(false);
});
