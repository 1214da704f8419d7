import { ProtoWriter } from '../protobuf/writer';
import type { GrpcError } from './status';

/**
 * The trailers that carry an error: status, message, the original's own keys and a typed detail.
 */
export function trailersOf(error: GrpcError): Record<string, string> {
  const trailers: Record<string, string> = {
    'grpc-status': String(error.code),
    'grpc-message': percentEncoded(error.message),
  };
  for (const [key, value] of Object.entries(error.trailers)) trailers[key] = headerSafe(value);
  const { detail } = error;
  if (detail) {
    const status = new ProtoWriter()
      .uint64(1, error.code)
      .string(2, error.message)
      .message(3, (any) => any.string(1, detail.typeUrl).bytes(2, detail.value))
      .finish();
    trailers['grpc-status-details-bin'] = status.toString('base64');
  }
  return trailers;
}

/** The encoding of `grpc-message`: printable ASCII but for '%', the rest as UTF-8 in %XX. */
function percentEncoded(text: string): string {
  return Buffer.from(text)
    .toString('latin1')
    .replace(/[^\x20-\x24\x26-\x7e]/g, hex);
}

/** UTF-8 bytes as header text; control characters, which no header may hold, as %XX. */
function headerSafe(text: string): string {
  return Buffer.from(text)
    .toString('latin1')
    .replace(/[\x00-\x1f\x7f]/g, hex);
}

function hex(char: string): string {
  return '%' + char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0');
}
