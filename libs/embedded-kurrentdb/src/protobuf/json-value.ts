import type { ProtoReader } from './reader';

/** A value as `google.protobuf.Value` carries it. */
export type JsonValue =
  null | number | string | boolean | JsonValue[] | { [key: string]: JsonValue };

/** Decodes a `google.protobuf.Value`; the reader bounds how deeply they may be nested. */
export function readValue(value: ProtoReader): JsonValue {
  let read: JsonValue = null;
  while (value.next()) {
    if (value.field === 2) read = value.double();
    else if (value.field === 3) read = value.string();
    else if (value.field === 4) read = value.bool();
    else if (value.field === 5) read = readStruct(value.message());
    else if (value.field === 6) read = readList(value.message());
    else value.skip();
  }
  return read;
}

/** Decodes one entry of a `map<string, google.protobuf.Value>`. */
export function readValueEntry(entry: ProtoReader): [string, JsonValue] {
  let key = '';
  let value: JsonValue = null;
  while (entry.next()) {
    if (entry.field === 1) key = entry.string();
    else if (entry.field === 2) value = readValue(entry.message());
    else entry.skip();
  }
  return [key, value];
}

function readStruct(struct: ProtoReader): JsonValue {
  const entries: [string, JsonValue][] = [];
  while (struct.next()) {
    if (struct.field === 1) entries.push(readValueEntry(struct.message()));
    else struct.skip();
  }
  return Object.fromEntries(entries);
}

function readList(list: ProtoReader): JsonValue {
  const values: JsonValue[] = [];
  while (list.next()) {
    if (list.field === 1) values.push(readValue(list.message()));
    else list.skip();
  }
  return values;
}
