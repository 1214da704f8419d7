import { capture } from './capture/capture.use-case';
import { changeAccount } from './change-account/change-account.use-case';
import { close } from './close/close.use-case';
import { deposit } from './deposit/deposit.use-case';
import { freeze } from './freeze/freeze.use-case';
import { openAccount } from './open-account/open-account.use-case';
import { postTransaction } from './post-transaction/post-transaction.use-case';
import { reverse } from './reverse/reverse.use-case';
import { transfer } from './transfer/transfer.use-case';
import { unfreeze } from './unfreeze/unfreeze.use-case';
import { voidHold } from './void/void.use-case';
import { withdraw } from './withdraw/withdraw.use-case';
import type { UseCase } from './edge/use-case';

/** Every command of the service: what the routes, the batches and OpenAPI are made from. */
export const useCases = [
  openAccount,
  changeAccount,
  deposit,
  withdraw,
  transfer,
  postTransaction,
  capture,
  voidHold,
  reverse,
  freeze,
  unfreeze,
  close,
] as unknown as readonly UseCase[];

const byOperation = new Map(useCases.map((useCase) => [useCase.operation, useCase]));

/** The use case of an operation's name, as a batch's item gives it. */
export const useCaseOf = (operation: string): UseCase | undefined => byOperation.get(operation);
