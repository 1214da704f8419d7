import { decodeValue } from './decode';
import type { Doc } from './values';
import { walkFields } from './walk';

const DOLLAR = 0x24;

/** Names of top-level fields, ready to be looked for in bytes. */
export class FieldNames {
  private readonly encoded: readonly Buffer[];

  constructor(readonly names: readonly string[]) {
    this.encoded = names.map((name) => Buffer.from(name));
  }

  /** The name that stands in the bytes, if it is one of these. */
  at(bytes: Buffer, start: number, end: number): string | undefined {
    return this.names[this.indexAt(bytes, start, end)];
  }

  /** Which of these names stands in the bytes; -1: none. */
  indexAt(bytes: Buffer, start: number, end: number): number {
    for (let index = 0; index < this.encoded.length; index++) {
      const name = this.encoded[index] as Buffer;
      if (name.length === end - start && sameBytes(name, bytes, start)) return index;
    }
    return -1;
  }
}

function sameBytes(name: Buffer, bytes: Buffer, start: number): boolean {
  for (let at = 0; at < name.length; at++) if (name[at] !== bytes[start + at]) return false;
  return true;
}

/** The fields of a document that somebody needs; the others are only checked. */
export function decodeFields(bytes: Buffer, wanted: FieldNames): Doc {
  const doc: Doc = new Map();
  walkFields(bytes, (nameStart, nameEnd, type, start, end) => {
    const name = wanted.at(bytes, nameStart, nameEnd);
    if (name !== undefined) doc.set(name, decodeValue(bytes, type, start, end));
  });
  return doc;
}

/** True when the first field is the _id, as in every stored document. */
export function beginsWithId(bytes: Buffer): boolean {
  return bytes.length > 9 && ID.at(bytes, 5, 8) !== undefined && bytes[8] === 0;
}

/** The bytes of the _id when it is the first field and no field is an operator. */
export function plainId(bytes: Buffer): Buffer | undefined {
  let id: Buffer | undefined;
  let plain = true;
  let first = true;
  walkFields(bytes, (nameStart, nameEnd, _type, _start, end) => {
    if (first && ID.at(bytes, nameStart, nameEnd)) id = bytes.subarray(nameStart - 1, end);
    first = false;
    plain &&= bytes[nameStart] !== DOLLAR;
  });
  return plain ? id : undefined;
}

/** The name that every stored document begins with. */
export const ID = new FieldNames(['_id']);
