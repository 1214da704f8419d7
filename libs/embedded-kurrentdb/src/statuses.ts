import {
  StoreClosedError,
  StoreOverloadedError,
  StorePoisonedError,
} from '@daybook/embedded-store';
import { GrpcCode, GrpcError } from './grpc/status';
import { PatternError } from './storage/bounded-pattern';
import { DamagedEventError } from './storage/damaged-event-error';

/**
 * The gRPC status of the store's errors; after UNAVAILABLE the client does not know and asks
 * again.
 */
export function statusOf(error: unknown): GrpcError | undefined {
  if (error instanceof StorePoisonedError || error instanceof StoreClosedError) {
    return new GrpcError(GrpcCode.Unavailable, error.message);
  }
  if (error instanceof StoreOverloadedError) {
    return new GrpcError(GrpcCode.ResourceExhausted, error.message);
  }
  if (error instanceof DamagedEventError) return new GrpcError(GrpcCode.DataLoss, error.message);
  if (error instanceof PatternError) return new GrpcError(GrpcCode.Unknown, error.message);
  return undefined;
}
