import * as http2 from 'node:http2';

/** The classic append: options and events in one message each, then the client's end. */
export const appendPath = '/event_store.client.streams.Streams/Append';
/** The append to several streams, one message each. */
export const sessionPath = '/kurrentdb.protocol.v2.streams.StreamsService/AppendSession';

/**
 * A call on bare HTTP/2, which only does what it is told; `status` is what it ended with. `arrived`
 * resolves when the server has it: it answers what was sent after it.
 */
export function bareCall(port: number, path: string, headers: Record<string, string> = {}) {
  const session = http2.connect(`http://127.0.0.1:${port}`);
  session.on('error', () => undefined);
  const call = session.request({
    ':method': 'POST',
    ':path': path,
    'content-type': 'application/grpc',
    ...headers,
  });
  call.on('error', () => undefined);
  call.resume();
  const status = new Promise((resolve) =>
    call.once('trailers', (trailers) => resolve(Number(trailers['grpc-status']))),
  );
  const arrived = new Promise<void>((resolve, reject) => {
    session.once('connect', () => session.ping((error) => (error ? reject(error) : resolve())));
  });
  // Not every spec waits for it.
  arrived.catch(() => undefined);
  return { session, call, status, arrived };
}
