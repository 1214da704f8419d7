import { problemTable, type ProblemCode } from './problem-table';

/** What is wrong with one place of the request; `path` is dotted, empty for the whole. */
export interface FieldError {
  readonly path: string;
  readonly message: string;
}

/** The body of an error answer: `application/problem+json`, RFC 9457. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ProblemCode;
  readonly detail: string;
  readonly errors?: readonly FieldError[];
  readonly [data: string]: unknown;
}

export const PROBLEM_MEDIA_TYPE = 'application/problem+json; charset=utf-8';

export interface ProblemExtras {
  /** Data of the refusal, beside the standard members. */
  readonly data?: Readonly<Record<string, unknown>>;
  readonly errors?: readonly FieldError[];
  readonly headers?: Readonly<Record<string, string>>;
  /** What it came of: for the log, never in the answer. */
  readonly cause?: Error;
}

/** The problem of a code: its standard members first, and data never hides one. */
export function problem(
  code: ProblemCode,
  detail: string,
  extras: Pick<ProblemExtras, 'data' | 'errors'> = {},
): Problem {
  const { status, title } = problemTable[code];
  const standard = { type: `urn:daybook:problem:${code}`, title, status, code, detail };
  return {
    ...standard,
    ...extras.data,
    ...standard,
    ...(extras.errors && { errors: extras.errors }),
  };
}

/** Thrown at the HTTP edge to answer with a problem. */
export class ProblemError extends Error {
  constructor(
    readonly code: ProblemCode,
    detail: string,
    readonly extras: ProblemExtras = {},
  ) {
    super(detail, extras.cause && { cause: extras.cause });
    this.name = 'ProblemError';
  }

  get body(): Problem {
    return problem(this.code, this.message, this.extras);
  }
}

export const RETRY_AFTER: Readonly<Record<string, string>> = { 'retry-after': '1' };

/** Refuses what is too much just now: the client may try again after a moment. */
export const overloaded = (detail: string): ProblemError =>
  new ProblemError('Overloaded', detail, { headers: RETRY_AFTER });
