import { GrpcCode, GrpcError } from '../grpc/status';

/** The stream was deleted for ever, or is soft deleted where it has to exist. */
export function streamDeleted(name: Buffer): GrpcError {
  const text = name.toString('utf8');
  return new GrpcError(GrpcCode.FailedPrecondition, `Event stream '${text}' is deleted.`, {
    exception: 'stream-deleted',
    'stream-name': text,
  });
}

/** The stream is not in the expected state, for calls whose answer has no field for that. */
export function wrongExpectedVersion(name: Buffer, expected: number, actual: number): GrpcError {
  const text = name.toString('utf8');
  return new GrpcError(
    GrpcCode.FailedPrecondition,
    `Append failed due to WrongExpectedVersion. Stream: ${text}, Expected version: ${expected}, ` +
      `Actual version: ${actual}`,
    {
      exception: 'wrong-expected-version',
      'stream-name': text,
      'expected-version': String(expected),
      'actual-version': String(actual),
    },
  );
}

/** The events of one append are larger than the server allows. */
export function maximumAppendSizeExceeded(bytesMax: number): GrpcError {
  return new GrpcError(GrpcCode.InvalidArgument, `Maximum Append Size of ${bytesMax} Exceeded.`, {
    exception: 'maximum-append-size-exceeded',
    'maximum-append-size': String(bytesMax),
  });
}

/** A required part of an event's metadata is missing. */
export function requiredMetadataMissing(missing: readonly string[]): GrpcError {
  return new GrpcError(
    GrpcCode.InvalidArgument,
    `Required Metadata Property '${missing.join(',')}' is missing`,
    {
      exception: 'missing-required-metadata-property',
      'required-metadata-properties': missing.join(','),
    },
  );
}
