import { eventTypeFilter, streamNameFilter } from '@kurrent/kurrentdb-client';
import { subscriptionRequest } from './read-request';

const { ReadReq } = jest.requireActual(
  '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_pb',
);

/** A request as the vendor's decoder reads it. */
const decoded = (request: Buffer): any => ReadReq.deserializeBinary(request).toObject().options;

const names = streamNameFilter({ prefixes: ['account-', 'účet-'] });

it('asks for everything by names of streams, from the start', () => {
  const options = decoded(subscriptionRequest('start', names));
  expect(options).toMatchObject({
    all: { start: {}, position: undefined },
    subscription: {},
    uuidOption: { string: {} },
    resolveLinks: false,
    filter: {
      streamIdentifier: { prefixList: ['account-', 'účet-'], regex: '' },
      eventType: undefined,
      count: {},
      checkpointintervalmultiplier: names.checkpointInterval,
    },
  });
  expect(options.readDirection).toBe(0);
});

it('asks for what comes after a position, of any size, by types of events', () => {
  for (const position of [0n, 127n, 128n, 45_624_313n, 2n ** 63n - 1n]) {
    const filter = eventTypeFilter({ prefixes: ['CommandReceived'] });
    expect(decoded(subscriptionRequest(position, filter))).toMatchObject({
      all: {
        position: { commitPosition: String(position), preparePosition: String(position) },
        start: undefined,
      },
      filter: { eventType: { prefixList: ['CommandReceived'] }, streamIdentifier: undefined },
    });
  }
});
