// As much protobuf as a server needs that stores nothing.

/** Calls back for every field of a message: its number, and a number or a view of its bytes. */
export function eachField(buffer, handle) {
  let at = 0;
  const varint = () => {
    let value = 0;
    let factor = 1;
    for (;;) {
      const byte = buffer[at++];
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
      factor *= 128;
    }
  };
  while (at < buffer.length) {
    const tag = varint();
    const field = Math.floor(tag / 8);
    const wire = tag & 7;
    if (wire === 0) handle(field, varint());
    else if (wire === 2) {
      const length = varint();
      handle(field, buffer.subarray(at, at + length));
      at += length;
    } else at += wire === 1 ? 8 : 4;
  }
}

export function varint(value) {
  const bytes = [];
  while (value >= 128) {
    bytes.push((value % 128) | 0x80);
    value = Math.floor(value / 128);
  }
  bytes.push(value);
  return Buffer.from(bytes);
}

export const number = (field, value) => Buffer.concat([varint(field * 8), varint(value)]);
export const zigzag = (field, value) => number(field, value >= 0 ? value * 2 : -value * 2 - 1);

export function bytes(field, value) {
  const content = typeof value === 'string' ? Buffer.from(value) : value;
  return Buffer.concat([varint(field * 8 + 2), varint(content.length), content]);
}

export const message = (field, ...parts) => bytes(field, Buffer.concat(parts));

/** The gRPC frame of a message. */
export function framed(...parts) {
  const content = Buffer.concat(parts);
  const header = Buffer.alloc(5);
  header.writeUInt32BE(content.length, 1);
  return Buffer.concat([header, content]);
}

/** Cuts a body into gRPC messages, whatever the chunks are. */
export function frameReader() {
  let rest = Buffer.alloc(0);
  return (chunk) => {
    const data = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    const messages = [];
    let at = 0;
    while (data.length - at >= 5) {
      const end = at + 5 + data.readUInt32BE(at + 1);
      if (end > data.length) break;
      messages.push(data.subarray(at + 5, end));
      at = end;
    }
    rest = data.subarray(at);
    return messages;
  };
}
