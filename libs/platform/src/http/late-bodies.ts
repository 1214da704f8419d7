import type { FastifyInstance } from 'fastify';

/** How long a body may still come after its answer. */
const LATE_MS_MAX = 30_000;

/**
 * Reads what still comes of a body that was answered before: a client whose connection is cut while
 * it sends loses the answer, too.
 */
export function readLateBodies(server: FastifyInstance): void {
  server.addHook('onResponse', ({ raw }, _reply, done) => {
    if (!raw.complete && !raw.destroyed) {
      const timer = setTimeout(() => raw.socket.destroy(), LATE_MS_MAX);
      raw.once('close', () => clearTimeout(timer));
      raw.unpipe();
      raw.resume();
    }
    done();
  });
}
