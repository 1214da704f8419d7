import { ProblemError } from './problem';
import type { ProblemCode } from './problem-table';

/** Fastify's refusals of a request, by its own code, where the status alone says too little. */
const details: Readonly<Record<string, string>> = {
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'the body does not have the announced length',
  FST_ERR_BAD_URL: 'the URL is not valid',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'send JSON, with the header content-type: application/json',
};

const codes: Readonly<Record<number, ProblemCode>> = {
  404: 'NotFound',
  405: 'MethodNotAllowed',
  413: 'RequestTooLarge',
  415: 'UnsupportedMediaType',
  431: 'RequestTooLarge',
};

/** Any error as an answer. What is nobody's known mistake is an `InternalError` without detail. */
export function problemFromError(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  const { status, name } = statusOf(error);
  if (status === undefined || status < 400 || status >= 500) {
    return new ProblemError('InternalError', 'the request could not be answered');
  }
  const code = codes[status] ?? 'InvalidRequest';
  return new ProblemError(code, details[name] ?? (error as Error).message);
}

function statusOf(error: unknown): { status: number | undefined; name: string } {
  if (typeof error !== 'object' || error === null) return { status: undefined, name: '' };
  const { statusCode, status, code, getStatus } = error as Record<string, unknown>;
  const number = typeof getStatus === 'function' ? getStatus.call(error) : (statusCode ?? status);
  return {
    status: typeof number === 'number' ? number : undefined,
    name: typeof code === 'string' ? code : '',
  };
}
