import {
  AppendRefused,
  CommandTooLarge,
  Overloaded,
  StoreUnavailable,
  TooMuchContention,
} from '@daybook/event-store';
import type { LedgerCommand } from '@daybook/ledger-domain';
import { ProblemError } from '@daybook/platform';
import { CommandFailure } from '../ledger/command-failure';
import { problemOfFailure } from './failures';

const identity = { caller: 'public', digest: 'd', digestVersion: 1 };

const transact = (transactionId: string, keyed = false): LedgerCommand => ({
  type: 'transact',
  kind: 'transfer',
  postings: [{ from: 'a', to: 'b', amount: 1n, currency: 'EUR' }],
  now: '2026-01-01T00:00:00.000Z',
  identity,
  transactionId,
  keyed,
});

function shown(error: Error, ...commands: readonly LedgerCommand[]) {
  const problem = problemOfFailure(CommandFailure.of(error, ...commands));
  if (!(problem instanceof ProblemError)) throw problem;
  const { status, code } = problem.body;
  const { outcome, transactionId } = problem.body;
  const retryAfter = problem.extras.headers?.['retry-after'];
  return { status, code, outcome, transactionId, retryAfter };
}

it('asks to repeat what certainly had no effect', () => {
  expect(shown(new StoreUnavailable('none'), transact('_made-up'))).toEqual({
    status: 503,
    code: 'StoreUnavailable',
    outcome: 'none',
    transactionId: '_made-up',
    retryAfter: '1',
  });
});

it('asks to repeat what may have had an effect only where the client named its identity', () => {
  const unknown = new StoreUnavailable('unknown');
  const retryAfter = (command: LedgerCommand) => shown(unknown, command).retryAfter;
  expect(retryAfter(transact('t1'))).toBe('1');
  expect(retryAfter(transact('_key-abc', true))).toBe('1');
  expect(retryAfter(transact('_made-up'))).toBeUndefined();
  expect(shown(unknown, transact('_made-up')).transactionId).toBe('_made-up');
  const voiding = {
    type: 'void',
    originalId: 't1',
    transactionId: '_void-t1',
    keyed: false,
    now: '2026-01-01T00:00:00.000Z',
    identity,
  } as const;
  expect(retryAfter(voiding)).toBe('1');
});

it('names of commands that are all or none the one that tells whether they were done', () => {
  const unknown = new StoreUnavailable('unknown');
  expect(shown(unknown, transact('t1'), transact('_made-up'))).toMatchObject({
    transactionId: '_made-up',
    retryAfter: undefined,
  });
  expect(shown(unknown, transact('t1'), transact('_key-abc', true))).toMatchObject({
    transactionId: 't1',
    retryAfter: '1',
  });
});

it('says where to look for an account that the service named', () => {
  const opening = {
    type: 'openAccount',
    accountId: '_made-up',
    currency: 'EUR',
    overdraftLimit: 0n,
    now: '2026-01-01T00:00:00.000Z',
    identity,
  } as unknown as LedgerCommand;
  const problem = problemOfFailure(CommandFailure.of(new StoreUnavailable('unknown'), opening));
  expect((problem as ProblemError).body).toMatchObject({
    accountId: '_made-up',
    detail: expect.stringContaining('look the account up') as unknown,
  });
  expect((problem as ProblemError).extras.headers).toBeUndefined();
});

it('tells overload, contention and size apart', () => {
  expect(shown(new Overloaded())).toMatchObject({ status: 429, retryAfter: '1' });
  expect(shown(new TooMuchContention(3), transact('_x'))).toMatchObject({
    status: 503,
    code: 'TooMuchContention',
    retryAfter: '1',
  });
  for (const tooLarge of [new AppendRefused('large'), new CommandTooLarge(1)]) {
    expect(shown(tooLarge)).toMatchObject({ status: 413, code: 'RequestTooLarge' });
  }
});

it('leaves what it does not know as it is', () => {
  const defect = new Error('defect');
  expect(problemOfFailure(CommandFailure.of(defect))).toBe(defect);
});
