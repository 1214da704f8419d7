import {
  AmbiguousRail,
  isQueryTimeout,
  isReadStoreFailure,
  NotYetProjected,
} from '@daybook/read-store-mongo';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { badInput, codes, notYetProjected } from './errors';
import { positionAnswer } from './position';

/**
 * The error that a client sees. Only errors made for clients keep their message; of all others it
 * learns a stable code, and `report` gets the original.
 */
export function formatError(
  formatted: GraphQLFormattedError,
  error: unknown,
  report: (error: unknown) => void,
): GraphQLFormattedError {
  const original = originalOf(error);
  const made = madeForClients(original);
  if (made) return { ...formatted, message: made.message, extensions: told(made) };
  if (formatted.extensions?.['code'] !== codes.internal) return formatted;
  report(original);
  return { ...formatted, ...operational(original) };
}

function operational(original: unknown): Pick<GraphQLFormattedError, 'message' | 'extensions'> {
  if (isQueryTimeout(original)) {
    return { message: 'the query took too long', extensions: { code: codes.timeout } };
  }
  if (isReadStoreFailure(original)) {
    return {
      message: 'the views cannot be read now',
      extensions: { code: codes.storeUnavailable },
    };
  }
  return { message: 'the query could not be answered', extensions: { code: codes.internal } };
}

function madeForClients(original: unknown): GraphQLError | undefined {
  if (original instanceof NotYetProjected) {
    return notYetProjected(original.wanted, positionAnswer(original.position));
  }
  if (original instanceof AmbiguousRail) return badInput(original.message);
  if (!(original instanceof GraphQLError)) return undefined;
  const { code, http } = original.extensions as { code?: unknown; http?: { status?: unknown } };
  // Apollo's own refusals of requests, such as of a persisted query's wrong hash, have no code.
  if (code === undefined && http?.status === 400) return badInput(original.message);
  // A scalar's refusal of a literal arrives as a validation error around it.
  return code === codes.badInput ? original : undefined;
}

/** What is said about the HTTP answer is for the server alone. */
function told({ extensions: { http: _, ...extensions } }: GraphQLError) {
  return extensions;
}

function originalOf(error: unknown): unknown {
  let original = error;
  while (original instanceof GraphQLError && original.originalError) {
    original = original.originalError;
  }
  return original;
}
