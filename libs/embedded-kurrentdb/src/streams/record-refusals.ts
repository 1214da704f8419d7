import { GrpcCode, GrpcError } from '../grpc/status';
import { ProtoWriter } from '../protobuf/writer';
import type { Violation } from '../storage/record-checks';
import { nameOf } from '../storage/stream-name';

const errors = 'type.googleapis.com/kurrentdb.protocol.v2.streams.errors.';

/** Some checks of an append did not hold; all of them are named. */
export function consistencyViolation(violations: readonly Violation[]): GrpcError {
  const detail = new ProtoWriter();
  for (const { checkIndex, stream, expected, actual } of violations) {
    detail.message(1, (violation) =>
      violation
        .uint64(1, checkIndex)
        .message(2, (state) => state.latin1(1, stream).sint64(2, expected).sint64(3, actual)),
    );
  }
  const names = violations.slice(0, 10).map(({ stream }) => `'${nameOf(stream)}'`);
  return new GrpcError(
    GrpcCode.FailedPrecondition,
    `Append consistency violation on ${names.join(', ')}`,
    {},
    { typeUrl: `${errors}AppendConsistencyViolationErrorDetails`, value: detail.finish() },
  );
}

/** A stream of a session is not in the expected state. */
export function revisionConflict(name: Buffer, expected: number, actual: number): GrpcError {
  const value = new ProtoWriter().bytes(1, name).sint64(2, expected).sint64(3, actual).finish();
  return new GrpcError(
    GrpcCode.FailedPrecondition,
    `Append failed due to a revision conflict on stream '${name.toString('utf8')}'. ` +
      `Expected revision: ${expected}. Actual revision: ${actual}.`,
    {},
    { typeUrl: `${errors}StreamRevisionConflictErrorDetails`, value },
  );
}

/** A stream of a session was deleted. */
export function streamTombstoned(name: Buffer): GrpcError {
  return new GrpcError(
    GrpcCode.FailedPrecondition,
    `Stream '${name.toString('utf8')}' has been tombstoned.`,
    {},
    {
      typeUrl: `${errors}StreamTombstonedErrorDetails`,
      value: new ProtoWriter().bytes(1, name).finish(),
    },
  );
}

/** A session names the same stream twice. */
export function streamAlreadyInSession(name: Buffer): GrpcError {
  return new GrpcError(
    GrpcCode.Aborted,
    `Stream '${name.toString('utf8')}' is already part of this append session.`,
    {},
    {
      typeUrl: `${errors}StreamAlreadyInAppendSessionErrorDetails`,
      value: new ProtoWriter().bytes(1, name).finish(),
    },
  );
}

/** One record is larger than the server allows. */
export function recordTooLarge(
  stream: Buffer,
  id: string,
  bytes: number,
  bytesMax: number,
): GrpcError {
  const value = new ProtoWriter()
    .bytes(1, stream)
    .string(2, id)
    .uint64(3, bytes)
    .uint64(4, bytesMax)
    .finish();
  return new GrpcError(
    GrpcCode.InvalidArgument,
    `The size of record ${id} (${bytes} bytes) exceeds the maximum of ${bytesMax} bytes.`,
    {},
    { typeUrl: `${errors}AppendRecordSizeExceededErrorDetails`, value },
  );
}

/** The records of one append together are larger than the server allows. */
export function transactionTooLarge(bytes: number, bytesMax: number): GrpcError {
  return new GrpcError(
    GrpcCode.Aborted,
    `The total size of the append (${bytes} bytes) exceeds the maximum of ${bytesMax} bytes.`,
    {},
    {
      typeUrl: `${errors}AppendTransactionSizeExceededErrorDetails`,
      value: new ProtoWriter().uint64(1, bytes).uint64(2, bytesMax).finish(),
    },
  );
}
