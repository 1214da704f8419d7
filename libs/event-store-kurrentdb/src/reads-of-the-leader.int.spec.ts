import {
  connect,
  constants,
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import { connectKurrentDB } from './connect';
import { aStore } from './store-under-test.fixture';

describe('a read that decisions rest on', () => {
  it.each(['leader', 'follower'])(
    'asks for the leader when a URL prefers a %s',
    async (preferred) => {
      const { url, stop } = await aStore();
      const heard: { path: string; leader: unknown }[] = [];
      const proxy = await listening(url, (headers) =>
        heard.push({ path: String(headers[':path']), leader: headers['requires-leader'] }),
      );
      const { store, close } = connectKurrentDB(`${proxy.url}&nodePreference=${preferred}`);
      await store.readStream('nothing', 0, 1);
      await store.readLast('nothing');
      const reads = heard.filter(({ path }) => path.endsWith('/Read'));
      expect(reads.map(({ leader }) => leader)).toEqual(['true', 'true']);
      await close();
      await proxy.stop();
      await stop();
    },
  );
});

/** Hands every call on to a store and tells the headers it came with. */
async function listening(storeUrl: string, tell: (headers: IncomingHttpHeaders) => void) {
  const store = connect(`http://${new URL(storeUrl).host}`);
  const sessions = new Set<ServerHttp2Session>();
  const proxy: Http2Server = createServer();
  proxy.on('session', (session) => sessions.add(session));
  proxy.on('stream', (client, headers) => {
    tell(headers);
    const call = store.request({ ...headers, ':authority': new URL(storeUrl).host });
    call.on('response', (answer) => {
      if (answer['grpc-status'] !== undefined) return void client.respond(answer);
      client.respond(answer, { waitForTrailers: true });
    });
    client.pipe(call);
    call.on('trailers', (trailers) =>
      client.once('wantTrailers', () => client.sendTrailers(trailers)),
    );
    call.pipe(client);
    client.on('close', () => call.close(constants.NGHTTP2_CANCEL));
    for (const side of [client, call]) side.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return {
    url: `kurrentdb://127.0.0.1:${(proxy.address() as AddressInfo).port}?tls=false`,
    stop: async () => {
      for (const session of sessions) session.destroy();
      store.destroy();
      await new Promise((resolve) => proxy.close(resolve));
    },
  };
}
