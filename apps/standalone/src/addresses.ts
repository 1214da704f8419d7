/** Listens on every address: called at the loopback of its family. */
const wildcards: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

/** The URL at which a service that listens on `host` is called from this machine. */
export function urlAt(host: string, port: number): string {
  const address = wildcards[host] ?? host;
  return `http://${address.includes(':') ? `[${address}]` : address}:${port}`;
}
