// A small HTTP/1.1 load generator: keep-alive connections, one request at a time on each, so that
// the generator takes little of the machine that it measures.
import { connect } from 'node:net';

/**
 * Sends requests over `connections` for `durationMs`; `next()` gives { path, body }.
 * Returns answers a second, latencies in milliseconds and statuses.
 */
export async function load({ url, connections, durationMs, next, method = 'POST' }) {
  const { hostname, port } = new URL(url);
  const latencies = [];
  const statuses = {};
  const until = performance.now() + durationMs;
  const started = performance.now();
  await Promise.all(Array.from({ length: connections }, () => client()));
  const seconds = (performance.now() - started) / 1000;
  latencies.sort((a, b) => a - b);
  const at = (p) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * p))];
  return {
    perSecond: latencies.length / seconds,
    p50: at(0.5),
    p99: at(0.99),
    statuses,
    count: latencies.length,
  };

  async function client() {
    const connection = await open(hostname, Number(port));
    while (performance.now() < until) {
      const { path, body = '' } = next();
      const sentMs = performance.now();
      const { status } = await connection.request(method, path, body);
      latencies.push(performance.now() - sentMs);
      statuses[status] = (statuses[status] ?? 0) + 1;
    }
    connection.close();
  }
}

/** One keep-alive connection; answers must carry a content-length. */
export function open(host, port) {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true });
    let buffered = '';
    let waiting;
    socket.setEncoding('latin1');
    socket.once('error', reject);
    socket.once('connect', () =>
      resolve({
        request: (method, path, body) =>
          new Promise((done, failed) => {
            waiting = { done, failed };
            socket.write(
              `${method} ${path} HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\n` +
                `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
            );
          }),
        close: () => socket.destroy(),
      }),
    );
    socket.on('close', () => waiting?.failed(new Error('the server closed the connection')));
    socket.on('data', (chunk) => {
      buffered += chunk;
      const end = buffered.indexOf('\r\n\r\n');
      if (end < 0) return;
      const head = buffered.slice(0, end);
      const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0);
      if (buffered.length < end + 4 + length) return;
      const body = buffered.slice(end + 4, end + 4 + length);
      buffered = buffered.slice(end + 4 + length);
      const { done } = waiting;
      waiting = undefined;
      done({ status: Number(head.slice(9, 12)), body });
    });
  });
}
