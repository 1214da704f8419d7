import { StoreUnreachable } from '@daybook/event-store';
import { PassThrough } from 'node:stream';
import type { AnswerStream } from '../client-channel';
import { RecordStream } from './record-stream';

/** A call's answers, as bytes of the protocol, written by the test. */
class Answers extends PassThrough implements AnswerStream {
  cancelled = false;

  constructor() {
    super({ objectMode: true, highWaterMark: 1 });
  }

  cancel(): void {
    this.cancelled = true;
  }
}

const field = (tag: number, content: Buffer): Buffer =>
  Buffer.concat([Buffer.from([tag, content.length]), content]);
const text = (tag: number, value: string): Buffer => field(tag, Buffer.from(value));

/** An answer with a small record. */
function recordAt(revision: number): Buffer {
  const created = Buffer.concat([text(0x0a, 'created'), text(0x12, '17640000000000000')]);
  const record = Buffer.concat([
    field(0x0a, text(0x12, 'id')),
    field(0x12, text(0x1a, 'a')),
    Buffer.from([0x18, revision]),
    field(0x32, created),
  ]);
  return field(0x0a, field(0x0a, record));
}

const confirmation = field(0x12, text(0x0a, 'subscription'));
const turn = () => new Promise((resolve) => setImmediate(resolve));

function following(signal = new AbortController().signal) {
  const answers = new Answers();
  const records = new RecordStream(() => Promise.resolve(answers), signal);
  return { answers, records };
}

const revisionOf = async (records: RecordStream): Promise<number | undefined> =>
  (await records.next()).value?.revision;

it('gives records in order, whether they wait for their reader or it for them', async () => {
  const { answers, records } = following();
  const first = revisionOf(records);
  await turn();
  answers.write(confirmation);
  answers.write(recordAt(0));
  expect(await first).toBe(0);
  answers.write(recordAt(1));
  answers.write(recordAt(2));
  await turn();
  expect(await revisionOf(records)).toBe(1);
  expect(await revisionOf(records)).toBe(2);
});

it('lets the server wait when its reader is slow, and goes on afterwards', async () => {
  const { answers, records } = following();
  expect(answers.listenerCount('data')).toBe(0);
  const first = revisionOf(records);
  const total = 2_000;
  let written = 0;
  const writing = (async () => {
    for (; written < total; written += 1) {
      if (!answers.write(recordAt(written % 100))) {
        await new Promise((resolve) => answers.once('drain', resolve));
      }
    }
  })();
  expect(await first).toBe(0);
  for (let i = 0; i < 3_000; i += 1) await turn();
  expect(written).toBeGreaterThan(500);
  expect(written).toBeLessThan(600);
  for (let n = 1; n < total; n += 1) expect(await revisionOf(records)).toBe(n % 100);
  await writing;
});

it('ends in silence when the signal aborts, and cancels the call', async () => {
  const stop = new AbortController();
  const { answers, records } = following(stop.signal);
  const first = records.next();
  await turn();
  answers.write(recordAt(0));
  expect((await first).done).toBe(false);
  const waiting = records.next();
  stop.abort();
  expect((await waiting).done).toBe(true);
  answers.write(recordAt(1));
  expect((await records.next()).done).toBe(true);
  await turn();
  expect(answers.cancelled).toBe(true);
});

it('opens nothing once the signal has aborted', async () => {
  const open = jest.fn();
  const records = new RecordStream(open, AbortSignal.abort());
  expect((await records.next()).done).toBe(true);
  expect(open).not.toHaveBeenCalled();
});

it('cancels the call when its reader leaves, also while it is still opening', async () => {
  const { answers, records } = following();
  const waiting = records.next();
  await records.return();
  expect((await waiting).done).toBe(true);
  await turn();
  await turn();
  expect(answers.cancelled).toBe(true);
});

it('gives what came before a failure, then the failure, then nothing', async () => {
  const { answers, records } = following();
  const first = revisionOf(records);
  await turn();
  answers.write(recordAt(0));
  expect(await first).toBe(0);
  answers.write(recordAt(1));
  await turn();
  answers.emit('error', new Error('planted'));
  expect(await revisionOf(records)).toBe(1);
  await expect(records.next()).rejects.toBeInstanceOf(StoreUnreachable);
  expect((await records.next()).done).toBe(true);
});

it.each([
  ['the server ends it', (answers: Answers) => answers.end()],
  ['an answer is malformed', (answers: Answers) => answers.write(Buffer.from([0x0a, 9]))],
])('fails when %s', async (_what, end) => {
  const { answers, records } = following();
  const waiting = records.next();
  await turn();
  end(answers);
  await expect(waiting).rejects.toBeInstanceOf(StoreUnreachable);
  expect((await records.next()).done).toBe(true);
});

it('fails when the call cannot be made', async () => {
  const open = () => Promise.reject(new Error('planted'));
  const records = new RecordStream(open, new AbortController().signal);
  await expect(records.next()).rejects.toBeInstanceOf(StoreUnreachable);
});
