import { BsonError } from '../bson/bson-error';
import { checkedSize, decodeDoc, decodeValue } from '../bson/decode';
import { BsonWriter } from '../bson/encode';
import { FieldNames } from '../bson/partial';
import { BsonType, type Doc, RawDoc, type Value } from '../bson/values';
import { walkTop } from '../bson/walk';

export const OP_REPLY = 1;
export const OP_QUERY = 2004;
export const OP_MSG = 2013;
export const HEADER_BYTES = 16;

const CHECKSUM_PRESENT = 1;
const MORE_TO_COME = 2;
/** Bits of which a receiver must know every one that is set. */
const REQUIRED_FLAGS = 0xffff;

/** The head of every message. */
export interface MessageHeader {
  readonly length: number;
  readonly requestId: number;
  readonly opCode: number;
}

/** One request: a command and how it wants to be answered. */
export interface Request {
  readonly body: Doc;
  readonly database: string;
  readonly answerAs: 'message' | 'reply' | 'failed query' | 'nothing';
}

/** Reads the header at the beginning of the bytes. */
export function readHeader(bytes: Buffer): MessageHeader {
  return {
    length: bytes.readInt32LE(0),
    requestId: bytes.readInt32LE(4),
    opCode: bytes.readInt32LE(12),
  };
}

/** Parses a whole OP_MSG; document sequences become arrays of raw documents in the body. */
export function parseMessage(message: Buffer): Request {
  const flags = message.readUInt32LE(HEADER_BYTES);
  if ((flags & REQUIRED_FLAGS & ~(CHECKSUM_PRESENT | MORE_TO_COME)) !== 0) {
    throw new BsonError(`unknown required flag bits: ${flags}`);
  }
  const end = message.length - (flags & CHECKSUM_PRESENT ? 4 : 0);
  let body: Doc | undefined;
  const sequences: [string, Value[]][] = [];
  let at = HEADER_BYTES + 4;
  while (at < end) {
    const kind = message[at++];
    if (kind === 0) {
      if (body) throw new BsonError('a message has one body section');
      const size = checkedSize(message, at, end);
      body = decodeBody(message.subarray(at, at + size));
      at += size;
    } else if (kind === 1) {
      const { name, documents, next } = parseSequence(message, at, end);
      sequences.push([name, documents]);
      at = next;
    } else {
      throw new BsonError(`unknown section kind ${kind}`);
    }
  }
  if (!body) throw new BsonError('a message needs a body section');
  for (const [name, documents] of sequences) {
    if (body.has(name)) throw new BsonError(`the field '${name}' is given twice`);
    body.set(name, documents);
  }
  const database = body.get('$db');
  if (typeof database !== 'string') throw new BsonError('OP_MSG requests require a $db argument');
  return { body, database, answerAs: flags & MORE_TO_COME ? 'nothing' : 'message' };
}

/** The lists of statements of a write, which some clients send inside the body. */
const STATEMENTS = new FieldNames(['documents', 'updates', 'deletes']);

/** The body of a command; its statements stay bytes, unchecked, as those of document sequences. */
function decodeBody(bytes: Buffer): Doc {
  const name = bytes.toString('latin1', 5, Math.min(12, bytes.length));
  if (!/^(insert|update|delete)\0/.test(name)) return decodeDoc(bytes);
  const body: Doc = new Map();
  walkTop(bytes, (nameStart, nameEnd, type, start, end) => {
    const list =
      type === BsonType.Array && STATEMENTS.at(bytes, nameStart, nameEnd)
        ? rawList(bytes.subarray(start, end))
        : undefined;
    const field = bytes.toString('utf8', nameStart, nameEnd);
    body.set(field, list ?? decodeValue(bytes, type, start, end));
  });
  return body;
}

/** The documents of an array as bytes; undefined when it holds anything else. */
function rawList(array: Buffer): Value[] | undefined {
  const list: Value[] = [];
  let whole = true;
  walkTop(array, (_nameStart, _nameEnd, type, start, end) => {
    if (type === BsonType.Object) list.push(new RawDoc(array.subarray(start, end)));
    else whole = false;
  });
  return whole ? list : undefined;
}

function parseSequence(message: Buffer, start: number, end: number) {
  if (start + 4 > end) throw new BsonError('section is cut short');
  const size = message.readInt32LE(start);
  const sectionEnd = start + size;
  if (size < 5 || sectionEnd > end) throw new BsonError(`invalid section size ${size}`);
  const nameEnd = message.indexOf(0, start + 4);
  if (nameEnd < 0 || nameEnd >= sectionEnd) throw new BsonError('section name is not terminated');
  const name = message.toString('utf8', start + 4, nameEnd);
  const documents: Value[] = [];
  let at = nameEnd + 1;
  while (at < sectionEnd) {
    const length = checkedSize(message, at, sectionEnd);
    documents.push(new RawDoc(message.subarray(at, at + length)));
    at += length;
  }
  return { name, documents, next: sectionEnd };
}

/** Drivers of before 2018 read by OP_QUERY in places: answered, as no answer explains nothing. */
export class LegacyQueryError extends BsonError {}

/** Parses the legacy OP_QUERY, which drivers still use for their first hello. */
export function parseQuery(message: Buffer): Request {
  const nameEnd = message.indexOf(0, HEADER_BYTES + 4);
  if (nameEnd < 0) throw new BsonError('collection name is not terminated');
  const namespace = message.toString('utf8', HEADER_BYTES + 4, nameEnd);
  const [database = '', collection] = namespace.split('.');
  if (collection !== '$cmd') {
    throw new LegacyQueryError(
      'OP_QUERY is no longer supported. The client driver may require an upgrade.',
    );
  }
  const start = nameEnd + 1 + 8;
  checkedSize(message, start, message.length);
  const query = decodeDoc(message, start);
  const wrapped = query.get('$query') ?? query.get('query');
  const body = wrapped instanceof Map && !query.has('hello') ? wrapped : query;
  return { body, database, answerAs: 'reply' };
}

/** The bytes of an answer. */
export function encodeAnswer(
  answer: Doc,
  request: Request,
  responseTo: number,
  id: number,
): Buffer {
  const failed = request.answerAs === 'failed query';
  const legacy = failed || request.answerAs === 'reply';
  const writer = new BsonWriter(1024);
  const headBytes = legacy ? HEADER_BYTES + 20 : HEADER_BYTES + 5;
  writer.skip(headBytes);
  writer.document(answer, 0);
  const bytes = writer.finish();
  bytes.fill(0, 0, headBytes);
  bytes.writeInt32LE(bytes.length, 0);
  bytes.writeInt32LE(id, 4);
  bytes.writeInt32LE(responseTo, 8);
  bytes.writeInt32LE(legacy ? OP_REPLY : OP_MSG, 12);
  if (legacy) {
    // Flags: await capable, query failure. One document follows.
    bytes.writeInt32LE(failed ? 8 | 2 : 8, 16);
    bytes.writeInt32LE(1, 32);
  }
  return bytes;
}
