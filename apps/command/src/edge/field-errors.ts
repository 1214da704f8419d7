import { ProblemError, type FieldError, type ProblemCode } from '@daybook/platform';
import type { z } from 'zod';

const ERRORS_MAX = 20;
const TEXT_MAX = 200;

const clip = (text: string) => (text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX)}…` : text);

type Issue = z.core.$ZodIssue;

/**
 * One problem for all that is wrong with a request. Its code is that of a wrong shape
 * (`InvalidRequest`) before that of a wrong id, currency or amount.
 */
export function problemOfIssues(issues: readonly Issue[], prefix: readonly string[] = []) {
  const errors: FieldError[] = [];
  let code: ProblemCode | undefined;
  for (const issue of issues) {
    const own = codeOf(issue);
    if (code === undefined || own === 'InvalidRequest') code = own;
    if (errors.length < ERRORS_MAX) errors.push(...errorsOf(issue, prefix));
  }
  const shown = errors.slice(0, ERRORS_MAX);
  const first = shown[0];
  const detail = first ? `${first.path || 'the request'}: ${first.message}` : 'it is not valid';
  return new ProblemError(code ?? 'InvalidRequest', detail, { errors: shown });
}

/** A problem with one place of the request. */
export const invalidRequest = (path: string, message: string): ProblemError =>
  new ProblemError('InvalidRequest', `${path || 'the request'}: ${message}`, {
    errors: [{ path, message }],
  });

function codeOf(issue: Issue): ProblemCode {
  const params = issue.code === 'custom' ? issue.params : undefined;
  return (params?.['problem'] as ProblemCode | undefined) ?? 'InvalidRequest';
}

function errorsOf(issue: Issue, prefix: readonly string[]): readonly FieldError[] {
  const path = [...prefix, ...issue.path.map(String)];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys
      .slice(0, ERRORS_MAX)
      .map((key) => ({ path: clip([...path, key].join('.')), message: 'is not supported' }));
  }
  return [{ path: clip(path.join('.')), message: clip(issue.message) }];
}
