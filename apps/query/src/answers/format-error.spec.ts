import { AmbiguousRail, NotYetProjected } from '@daybook/read-store-mongo';
import { GraphQLError } from 'graphql';
import { MongoNetworkError, MongoServerError } from 'mongodb';
import { badInput } from './errors';
import { formatError } from './format-error';

function answerTo(original: Error) {
  const reported: unknown[] = [];
  const error = new GraphQLError(original.message, { originalError: original, path: ['account'] });
  const extensions = { code: 'INTERNAL_SERVER_ERROR', ...error.extensions };
  const formatted = { message: error.message, path: ['account'], extensions };
  const answer = formatError(formatted, error, (found) => reported.push(found));
  return { answer, reported };
}

describe('the error that a client sees', () => {
  it('of what nobody foresaw says nothing, the log gets it', () => {
    const defect = new TypeError('secret of the house');
    const { answer, reported } = answerTo(defect);
    expect(answer).toEqual({
      message: 'the query could not be answered',
      path: ['account'],
      extensions: { code: 'INTERNAL_SERVER_ERROR' },
    });
    expect(reported).toEqual([defect]);
  });

  it.each([
    ['STORE_UNAVAILABLE', new MongoNetworkError('10.0.0.7:27017 refused')],
    ['STORE_UNAVAILABLE', new MongoServerError({ message: 'not primary', code: 10107 })],
    ['QUERY_TIMEOUT', new MongoServerError({ message: 'operation exceeded time', code: 50 })],
  ])('of the store is %s and names no host', (code, failure) => {
    const { answer, reported } = answerTo(failure);
    expect(answer.extensions).toEqual({ code });
    expect(answer.message).not.toContain(failure.message);
    expect(reported).toEqual([failure]);
  });

  it.each([
    ['BAD_USER_INPUT', badInput('first must not be negative')],
    ['BAD_USER_INPUT', new AmbiguousRail(['@bank:CZK', '@bank:EUR'])],
    ['BAD_USER_INPUT', new GraphQLError('wrong hash', { extensions: { http: { status: 400 } } })],
    ['NOT_YET_PROJECTED', new NotYetProjected(20n, 10n)],
  ])('made for it is %s and nobody is alarmed', (code, error) => {
    const { answer, reported } = answerTo(error);
    expect(answer.extensions).toMatchObject({ code });
    expect(reported).toEqual([]);
  });

  it('does not hold what is meant for the server', () => {
    const extensions = { code: 'BAD_USER_INPUT', http: { status: 400 } };
    const { answer } = answerTo(new GraphQLError('there are only queries', { extensions }));
    expect(answer.extensions).toEqual({ code: 'BAD_USER_INPUT' });
  });
});
