import { frame } from '../grpc/framing';
import type { GrpcServer } from '../grpc/server';
import { GrpcCode, GrpcError } from '../grpc/status';
import { ProtoReader } from '../protobuf/reader';
import type { IncomingHttpHeaders } from 'node:http2';

const service = '/event_store.client.projections.Projections';
const empty = frame(Buffer.alloc(0));

/** The original's own projections, and whether link streams stand in for them here. */
const systemProjections: ReadonlyMap<string, boolean> = new Map([
  ['$by_category', true],
  ['$by_event_type', true],
  ['$by_correlation_id', true],
  ['$streams', true],
  ['$stream_by_category', false],
]);

/**
 * Serves `Projections/Enable` for the original's own projections, which the option `linkStreams`
 * replaces: with it they run from the start. Everything else about projections is not supported.
 */
export function serveProjections(
  server: GrpcServer,
  linkStreams: boolean,
  checkManagement: (headers: IncomingHttpHeaders) => void,
): void {
  server.method(`${service}/Enable`, async (call, headers) => {
    const name = enabledName(await call.receiveOne());
    checkManagement(headers);
    if (linkStreams && systemProjections.get(name)) return call.succeed(empty);
    const replaced = systemProjections.get(name)
      ? 'start the server with the option linkStreams (--link-streams)'
      : 'projections with code of their own are not supported';
    throw new GrpcError(GrpcCode.Unimplemented, `projection ${name} cannot run: ${replaced}`);
  });
}

/** `EnableReq { options = 1 { name = 1 } }`. */
function enabledName(message: Buffer): string {
  const request = new ProtoReader(message);
  let name = '';
  while (request.next()) {
    if (request.field !== 1) {
      request.skip();
      continue;
    }
    const options = request.message();
    while (options.next()) {
      if (options.field === 1) name = options.string();
      else options.skip();
    }
  }
  return name;
}
