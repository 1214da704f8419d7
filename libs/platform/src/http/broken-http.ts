import type { Socket } from 'node:net';
import { PROBLEM_MEDIA_TYPE, problem } from '../problem/problem';
import { isStream, type RequestInWork } from './admission';

/** Connections that end once their answers have left: whatever else comes on them is broken, too. */
const ending = new WeakSet<Socket>();

/**
 * Answers what Node's HTTP parser refuses: that never reaches a route. Nothing is said in the place
 * of an answer that is under way: who sent a byte too many behind a command that was done would
 * take its refusal for the command's.
 */
export function refuseBrokenHttp(
  error: Error & { code?: string },
  socket: Socket,
  inWork: Iterable<RequestInWork>,
): void {
  if (ending.has(socket)) return;
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) {
    socket.destroy();
    return;
  }
  ending.add(socket);
  const own = [...inWork].filter(({ request }) => request.raw.socket === socket);
  const whole = own.filter(({ request }) => request.raw.complete);
  if (whole.length > 0) return endAfter(whole, socket);
  // Of a stream that breaks off some may be done, whether its answer has begun or not.
  if (own.some(({ request }) => isStream(request))) socket.destroy();
  else socket.end(refusal(error));
}

function endAfter(answered: readonly RequestInWork[], socket: Socket): void {
  let left = answered.length;
  for (const { reply } of answered) {
    reply.raw.once('close', () => {
      left -= 1;
      if (left === 0) socket.destroySoon();
    });
  }
}

function refusal({ code }: { readonly code?: string }): string {
  const body =
    code === 'HPE_HEADER_OVERFLOW'
      ? problem('RequestTooLarge', 'the headers are too large')
      : problem('InvalidRequest', 'this is not valid HTTP');
  const text = JSON.stringify(body);
  const head = [
    `HTTP/1.1 ${body.status} ${body.status === 413 ? 'Payload Too Large' : 'Bad Request'}`,
    `content-type: ${PROBLEM_MEDIA_TYPE}`,
    `content-length: ${Buffer.byteLength(text)}`,
    'connection: close',
  ];
  return `${head.join('\r\n')}\r\n\r\n${text}`;
}
