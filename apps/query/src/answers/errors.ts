import { GraphQLError } from 'graphql';

/** The stable codes in `extensions.code` that this service adds to GraphQL's own. */
export const codes = {
  badInput: 'BAD_USER_INPUT',
  notYetProjected: 'NOT_YET_PROJECTED',
  tooComplex: 'QUERY_TOO_COMPLEX',
  timeout: 'QUERY_TIMEOUT',
  storeUnavailable: 'STORE_UNAVAILABLE',
  internal: 'INTERNAL_SERVER_ERROR',
} as const;

/** The client's mistake: the message says what is wrong and never quotes what the store said. */
export const badInput = (message: string): GraphQLError =>
  new GraphQLError(message, { extensions: { code: codes.badInput } });

/** The views did not reach the position asked for in time; `position` is how far they are. */
export const notYetProjected = (wanted: bigint, reached: string): GraphQLError =>
  new GraphQLError(`the views have not reached position ${wanted} yet`, {
    extensions: {
      code: codes.notYetProjected,
      minPosition: wanted.toString(),
      position: reached,
    },
  });
