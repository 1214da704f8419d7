// The rows of the bench: what the client does, how often at once, and what is asked of the result.
import { event, loadEvents, loadedEvents } from './load.mjs';

let counter = 0;
const unique = () => `${process.pid}-${counter++}`;
const appendOne = ({ client, kurrent }) =>
  client.appendToStream(`bench-one-${unique()}`, event(kurrent));

function transfer({ client, kurrent }) {
  const id = unique();
  const record = (streamName) => ({ streamName, record: event(kurrent) });
  const transaction = `transaction-${id}`;
  return client.appendRecords(
    [record(`account-${id}`), record(`account-other-${id}`), record(transaction)],
    [{ type: 'stream_state', streamName: transaction, expectedState: 'no_stream' }],
  );
}

function thousand({ client, kurrent }) {
  const streamName = `bulk-${unique()}`;
  const records = Array.from({ length: 1_000 }, () => ({ streamName, record: event(kurrent) }));
  return client.appendRecords(records);
}

async function lastTen({ client }) {
  const options = { direction: 'backwards', fromRevision: 'end', maxCount: 10 };
  let seen = 0;
  for await (const resolved of client.readStream('load-7', options)) seen += resolved ? 1 : 0;
  if (seen !== 10) throw new Error(`10 events asked for, ${seen} read`);
}

const readAll =
  (options) =>
  async ({ client }) => {
    let seen = 0;
    let all = 0; // the rows before have written more events, which an unfiltered read meets too
    const reading = client.readAll({ direction: 'forwards', fromPosition: 'start', ...options });
    for await (const resolved of reading) {
      all++;
      if (resolved.event?.streamId.startsWith('load-')) seen++;
    }
    if (seen < loadedEvents) throw new Error(`${loadedEvents} events are there, ${seen} were read`);
    return all;
  };

async function subscribeFromStart({ client }) {
  const filter = { filterOn: 'streamName', prefixes: ['load-'], checkpointInterval: 1_000 };
  const subscription = client.subscribeToAll({ fromPosition: 'start', filter });
  let seen = 0;
  for await (const resolved of subscription) {
    if (resolved.event && ++seen === loadedEvents) break;
  }
  await subscription.unsubscribe();
  return loadedEvents;
}

/** Appends one event after the other and takes the time until a live subscriber has it. */
async function liveLatency({ client, kurrent }) {
  const streamName = `live-${unique()}`;
  const latencies = [];
  let arrived;
  const filter = { filterOn: 'streamName', prefixes: [streamName] };
  const subscription = client.subscribeToAll({ fromPosition: 'end', filter });
  await new Promise((resolve) => subscription.once('confirmation', resolve));
  subscription.on('data', ({ event: seen }) => seen && arrived?.());
  for (let i = 0; i < 1_000; i++) {
    const begun = performance.now();
    const arrival = new Promise((resolve) => (arrived = resolve));
    await Promise.all([client.appendToStream(streamName, event(kurrent)), arrival]);
    latencies.push(performance.now() - begun);
  }
  await subscription.unsubscribe();
  return latencies.slice(100);
}

const rate = (unit) => ({ unit, better: 'higher' });
const many = (run, inFlight, more) => ({ kind: 'many', run, inFlight, ...more });

/**
 * `ofBare` is the least share of the bare server's figure, `ofReal` the least multiple of the real
 * server's; `real` is that server's recorded figure on two cores. Times are in ms.
 */
export const rows = [
  many(appendOne, 64, {
    name: 'append 1 event, 64 in flight',
    ...rate('/s'),
    real: 9_600,
    ofBare: 0.65,
    ofReal: 1.2,
  }),
  many(transfer, 16, {
    name: 'transfer (3 records, 1 check), 16 in flight',
    ...rate('/s'),
    real: 2_400,
    ofBare: 0.65,
    ofReal: 1.6,
  }),
  many(transfer, 64, {
    name: 'transfer (3 records, 1 check), 64 in flight',
    ...rate('/s'),
    real: 3_500,
    ofBare: 0.65,
    ofReal: 1.6,
  }),
  many(thousand, 1, {
    name: '1,000 JSON records, 1 in flight',
    ...rate('records/s'),
    each: 1_000,
    real: 34_000,
    ofBare: 0.5,
    ofReal: 1.6,
  }),
  many(thousand, 2, {
    name: '1,000 JSON records, 2 in flight',
    ...rate('records/s'),
    each: 1_000,
    real: 62_000,
    ofBare: 0.5,
    ofReal: 1.6,
  }),
  {
    name: 'readAll',
    kind: 'once',
    run: readAll({}),
    load: loadEvents,
    ...rate('events/s'),
    real: 98_000,
    ofBare: 0.85,
    ofReal: 1,
  },
  {
    name: 'readAll by prefix',
    kind: 'once',
    run: readAll({ filter: { filterOn: 'streamName', prefixes: ['load-'] } }),
    load: loadEvents,
    ...rate('events/s'),
    real: 111_000,
    ofBare: 0.85,
    ofReal: 1,
  },
  {
    name: 'subscribeToAll from the start',
    kind: 'once',
    run: subscribeFromStart,
    load: loadEvents,
    ...rate('events/s'),
    real: 25_000,
    ofBare: 0.9,
    ofReal: 1,
  },
  many(lastTen, 64, {
    name: 'last 10 events, 64 in flight',
    load: loadEvents,
    ...rate('/s'),
    real: 3_400,
    ofBare: 0.85,
    ofReal: 1.3,
  }),
  many(lastTen, 1, {
    name: 'last 10 events, 1 in flight, mean',
    load: loadEvents,
    unit: 'ms',
    better: 'lower',
    figure: 'mean',
    real: 16,
    atMost: 1,
  }),
  {
    name: 'append → live subscriber, p50',
    kind: 'latencies',
    run: liveLatency,
    unit: 'ms',
    better: 'lower',
    figure: 'p50',
    real: 0.5,
    notOnBare: true,
  },
  {
    name: 'append → live subscriber, p99',
    kind: 'latencies',
    run: liveLatency,
    unit: 'ms',
    better: 'lower',
    figure: 'p99',
    real: 2.9,
    ofReal: 1,
    notOnBare: true,
  },
];
