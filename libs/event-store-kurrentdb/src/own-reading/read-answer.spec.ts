import fc from 'fast-check';
import { MalformedMessage } from '../wire/proto-cursor';
import { recordIn } from './read-answer';
import { storedRecord } from './vendor-record.fixture';

// The vendor's encoder and decoder are the measure: what they write is read as they read it.
const vendor = '@kurrent/kurrentdb-client';
const { ReadResp } = jest.requireActual(`${vendor}/generated/kurrentdb/protocols/v1/streams_pb`);
const { StreamIdentifier, UUID } = jest.requireActual(
  `${vendor}/generated/kurrentdb/protocols/v1/shared_pb`,
);
const { convertGrpcEvent } = jest.requireActual(`${vendor}/dist/utils/convertGrpcEvent`);

interface Written {
  readonly id: string;
  readonly stream: string;
  readonly type: string;
  readonly contentType: string;
  readonly createdTicks: bigint;
  readonly revision: bigint;
  readonly position: bigint;
  readonly metadata: string;
  readonly data: string;
}

function answerWith(written: Written): any {
  const record = new ReadResp.ReadEvent.RecordedEvent();
  const id = new UUID();
  id.setString(written.id);
  record.setId(id);
  const stream = new StreamIdentifier();
  stream.setStreamName(Buffer.from(written.stream));
  record.setStreamIdentifier(stream);
  record.setStreamRevision(String(written.revision));
  record.setPreparePosition(String(written.position));
  record.setCommitPosition(String(written.position));
  record.getMetadataMap().set('type', written.type);
  record.getMetadataMap().set('content-type', written.contentType);
  record.getMetadataMap().set('created', String(written.createdTicks));
  record.setCustomMetadata(Buffer.from(written.metadata));
  record.setData(Buffer.from(written.data));
  const event = new ReadResp.ReadEvent();
  event.setEvent(record);
  event.setCommitPosition(String(written.position));
  const answer = new ReadResp();
  answer.setEvent(event);
  return answer;
}

const bytesOf = (answer: any): Buffer => Buffer.from(answer.serializeBinary());

const whole: Written = {
  id: '7c0c0f4e-5f0e-4c7e-9d69-0d3c9d6f8a11',
  stream: 'account-alice',
  type: 'AccountCredited',
  contentType: 'application/json',
  createdTicks: 17_640_000_001_234_567n,
  revision: 3n,
  position: 45_624_313n,
  metadata: '{"schema":"1","last":"true","$schema.format":"Json","$correlationId":"c"}',
  data: '{"amount":"1234","text":"sláva 🪙"}',
};

const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 });
const json = fc.oneof(fc.json(), fc.constantFrom('', 'no json', '{', 'null', '"text"', '[1]'));
const written: fc.Arbitrary<Written> = fc.record({
  id: fc.uuid(),
  stream: text,
  type: text,
  contentType: fc.constantFrom('application/json', 'application/octet-stream', 'application/jso'),
  createdTicks: fc.bigInt({ min: 10_000n, max: 10n ** 18n }),
  revision: fc.oneof(fc.bigInt({ min: 0n, max: 300n }), fc.bigInt({ min: 0n, max: 2n ** 53n })),
  position: fc.oneof(
    fc.bigInt({ min: 0n, max: 2n ** 50n }),
    fc.bigInt({ min: 0n, max: 2n ** 63n }),
  ),
  metadata: json,
  data: json,
});

it('reads a record with its time to the millisecond and without what the server added', () => {
  expect(recordIn(bytesOf(answerWith(whole)))).toEqual({
    ...{ stream: 'account-alice', revision: 3, position: 45_624_313n, id: whole.id },
    type: 'AccountCredited',
    data: { amount: '1234', text: 'sláva 🪙' },
    metadata: { schema: '1', last: 'true', $correlationId: 'c' },
    created: new Date(1_764_000_000_123),
  });
});

it('reads whatever the vendor’s encoder writes as the vendor’s decoder does', () => {
  fc.assert(
    fc.property(written, (one) => {
      const answer = answerWith(one);
      const { event } = convertGrpcEvent(answer.getEvent());
      expect(recordIn(bytesOf(answer))).toEqual(storedRecord(event));
    }),
    { numRuns: 500 },
  );
});

it('finds no record in answers that bring none', () => {
  const confirmed = new ReadResp();
  const confirmation = new ReadResp.SubscriptionConfirmation();
  confirmation.setSubscriptionId('one');
  confirmed.setConfirmation(confirmation);
  const reached = new ReadResp();
  const checkpoint = new ReadResp.Checkpoint();
  checkpoint.setCommitPosition('9007199254740993');
  reached.setCheckpoint(checkpoint);
  for (const answer of [confirmed, reached, new ReadResp()]) {
    expect(recordIn(bytesOf(answer))).toBeUndefined();
  }
});

it('refuses an answer that is cut off, wherever it is', () => {
  const good = bytesOf(answerWith(whole));
  for (let length = 1; length < good.length; length += 1) {
    expect(() => recordIn(good.subarray(0, length))).toThrow(MalformedMessage);
  }
});

it('gives a record or refuses, whatever the bytes', () => {
  const good = bytesOf(answerWith(whole));
  const damage = fc.array(fc.record({ at: fc.nat(good.length - 1), byte: fc.nat(255) }), {
    maxLength: 6,
  });
  fc.assert(
    fc.property(damage, fc.nat(good.length), (changes, length) => {
      const bytes = Buffer.from(good.subarray(0, length));
      for (const { at, byte } of changes) if (at < length) bytes[at] = byte;
      try {
        const record = recordIn(bytes);
        if (record) expect(Number.isNaN(record.created.getTime())).toBe(false);
      } catch (error) {
        expect(error).toBeInstanceOf(MalformedMessage);
      }
    }),
    { numRuns: 5_000 },
  );
});

it.each([
  ['an id', { id: '' }],
  ['a stream', { stream: '' }],
])('refuses a record without %s', (_what, lacking) => {
  expect(() => recordIn(bytesOf(answerWith({ ...whole, ...lacking })))).toThrow(MalformedMessage);
});

it('refuses a time that is none, as nobody may take it for 1970', () => {
  for (const created of ['', 'soon', '-1', '9'.repeat(30)]) {
    const answer = answerWith(whole);
    answer.getEvent().getEvent().getMetadataMap().set('created', created);
    expect(() => recordIn(bytesOf(answer))).toThrow(MalformedMessage);
  }
});
