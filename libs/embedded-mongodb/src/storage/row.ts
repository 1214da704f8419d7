import { decodeDoc } from '../bson/decode';
import type { Doc } from '../bson/values';
import type { RecordId } from './keys';

/** A stored document: its bytes, decoded when somebody looks inside. */
export class Row {
  constructor(
    readonly recordId: RecordId,
    readonly bytes: Buffer,
    private decoded?: Doc,
  ) {}

  get doc(): Doc {
    return (this.decoded ??= decodeDoc(this.bytes));
  }
}
