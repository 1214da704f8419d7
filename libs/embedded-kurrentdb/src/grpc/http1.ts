import type { IncomingMessage, ServerResponse } from 'node:http';
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import type { Readable } from 'node:stream';

/** A plain HTTP request; its body is thrown away unless it is asked for. */
export interface PlainRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly secure: boolean;
  readonly body: Readable;
}

/** An answer to a plain HTTP request. */
export interface PlainAnswer {
  readonly status: number;
  readonly contentType?: string;
  readonly location?: string;
  readonly body?: string;
}

/** Answers plain HTTP requests. */
export type PlainAnswers = (request: PlainRequest) => Promise<PlainAnswer>;

/** A listener for node:http. */
export function answerHttp1(answers: PlainAnswers, secure: boolean) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    request.on('error', () => request.destroy());
    const { method = '', url: path = '', headers } = request;
    void answered(answers, { method, path, headers, secure, body: request }).then((answer) => {
      response.writeHead(answer.status, headersOf(answer));
      response.end(answer.body ?? '');
    });
  };
}

/** Answers a request over HTTP/2 that is no gRPC call. */
export function answerHttp2(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  answers: PlainAnswers,
  secure: boolean,
): void {
  stream.on('error', () => stream.destroy());
  const method = headers[':method'] ?? '';
  const path = headers[':path'] ?? '';
  void answered(answers, { method, path, headers, secure, body: stream }).then((answer) => {
    if (stream.destroyed || stream.closed) return;
    stream.respond({ ':status': answer.status, ...headersOf(answer) });
    stream.end(answer.body ?? '');
  });
}

async function answered(answers: PlainAnswers, request: PlainRequest): Promise<PlainAnswer> {
  const answer = await answers(request).catch(() => ({ status: 500 }));
  request.body.resume();
  return answer;
}

function headersOf({ contentType, location }: PlainAnswer): Record<string, string> {
  return {
    ...(contentType ? { 'content-type': contentType } : {}),
    ...(location ? { location } : {}),
  };
}
