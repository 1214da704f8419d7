import { ProtoReader } from '../protobuf/reader';

/** The parts of a `RecordedEvent` message that the server itself looks at. */
export interface RecordedEvent {
  readonly id: string;
  readonly streamName: string;
  readonly type: string;
  readonly contentType: string;
  readonly metadata: Buffer;
  readonly data: Buffer;
}

/** Decodes a `RecordedEvent`; metadata and data are views of the given bytes. */
export function decodeRecordedEvent(bytes: Buffer): RecordedEvent {
  const event: { -readonly [K in keyof RecordedEvent]: RecordedEvent[K] } = {
    id: '',
    streamName: '',
    type: '',
    contentType: '',
    metadata: Buffer.alloc(0),
    data: Buffer.alloc(0),
  };
  const reader = new ProtoReader(bytes);
  while (reader.next()) {
    if (reader.field === 1) event.id = nestedText(reader, 2);
    else if (reader.field === 2) event.streamName = nestedText(reader, 3);
    else if (reader.field === 6) readMapEntry(reader, event);
    else if (reader.field === 7) event.metadata = reader.bytes();
    else if (reader.field === 8) event.data = reader.bytes();
    else reader.skip();
  }
  return event;
}

function nestedText(reader: ProtoReader, field: number): string {
  const nested = reader.message();
  let text = '';
  while (nested.next()) {
    if (nested.field === field) text = nested.string();
    else nested.skip();
  }
  return text;
}

function readMapEntry(reader: ProtoReader, event: { type: string; contentType: string }): void {
  const entry = reader.message();
  let key = '';
  let value = '';
  while (entry.next()) {
    if (entry.field === 1) key = entry.string();
    else if (entry.field === 2) value = entry.string();
    else entry.skip();
  }
  if (key === 'type') event.type = value;
  else if (key === 'content-type') event.contentType = value;
}
