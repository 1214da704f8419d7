import { frame } from '../grpc/framing';
import type { GrpcServer } from '../grpc/server';
import { GrpcCode, GrpcError } from '../grpc/status';
import { ProtoReader } from '../protobuf/reader';
import { linkProjections, type LinkProjection } from '../storage/link-streams';
import type { LinkProjector } from './link-projector';
import type { IncomingHttpHeaders } from 'node:http2';

export { LinkProjector } from './link-projector';

const service = '/event_store.client.projections.Projections';
const empty = frame(Buffer.alloc(0));

/**
 * Serves `Projections/Enable` and `Disable` for the original's projections that write links. With
 * the option `linkStreams` (no projector) they always run. Everything else about projections is not
 * supported.
 */
export function serveProjections(
  server: GrpcServer,
  projector: LinkProjector | undefined,
  checkManagement: (headers: IncomingHttpHeaders) => void,
): void {
  server.method(`${service}/Enable`, async (call, headers) => {
    const name = supported(namedProjection(await call.receiveOne()));
    checkManagement(headers);
    await projector?.enable(name);
    call.succeed(empty);
  });
  server.method(`${service}/Disable`, async (call, headers) => {
    const name = supported(namedProjection(await call.receiveOne()));
    checkManagement(headers);
    if (!projector) throw unsupported(`${name} runs for as long as the option linkStreams is set`);
    await projector.disable(name);
    call.succeed(empty);
  });
}

function supported(name: string): LinkProjection {
  const known = linkProjections.find((projection) => projection === name);
  if (known) return known;
  throw unsupported(`projection ${name} cannot run: only ${linkProjections.join(', ')} can`);
}

const unsupported = (message: string) => new GrpcError(GrpcCode.Unimplemented, message);

/** `EnableReq` and `DisableReq { options = 1 { name = 1 } }`. */
function namedProjection(message: Buffer): string {
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
