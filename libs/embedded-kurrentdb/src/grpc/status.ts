/** gRPC status codes, as on the wire. */
export const enum GrpcCode {
  Ok = 0,
  Cancelled = 1,
  Unknown = 2,
  InvalidArgument = 3,
  DeadlineExceeded = 4,
  NotFound = 5,
  AlreadyExists = 6,
  PermissionDenied = 7,
  ResourceExhausted = 8,
  FailedPrecondition = 9,
  Aborted = 10,
  OutOfRange = 11,
  Unimplemented = 12,
  Internal = 13,
  Unavailable = 14,
  DataLoss = 15,
  Unauthenticated = 16,
}

/** A typed detail of a status, sent as a `google.protobuf.Any`. */
export interface StatusDetail {
  readonly typeUrl: string;
  readonly value: Buffer;
}

/** Ends a call with a status, further trailers and, for the v2 services, a typed detail. */
export class GrpcError extends Error {
  constructor(
    readonly code: GrpcCode,
    message: string,
    /**
     * Trailers as the original sends them: `exception`, `stream-name`, … (ASCII or UTF-8 text).
     */
    readonly trailers: Readonly<Record<string, string>> = {},
    readonly detail?: StatusDetail,
  ) {
    super(message);
    this.name = 'GrpcError';
  }
}

/** The server stops: the client may find it again, or another one. */
export function shuttingDown(): GrpcError {
  return new GrpcError(GrpcCode.Unavailable, 'the server is shutting down');
}
