import type { IncomingMessage, ServerResponse } from 'node:http';

/** An answer to a plain HTTP request. */
export interface Http1Answer {
  readonly status: number;
  readonly contentType?: string;
  readonly body?: string;
}

/** Answers a plain HTTP request by its method and path. */
export type Http1Answers = (method: string, path: string) => Http1Answer;

/** A listener for node:http that answers without reading the request's body. */
export function answerHttp1(answers: Http1Answers) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    request.on('error', () => request.destroy());
    request.resume();
    const { status, contentType, body } = answers(request.method ?? '', request.url ?? '');
    response.writeHead(status, contentType ? { 'content-type': contentType } : {});
    response.end(body ?? '');
  };
}
