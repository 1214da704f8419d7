import { accountOperation } from './account-operation';
import type { LedgerCommand } from './commands';
import { moneyOperation } from './money-operation';
import type { LedgerOperation } from './operation';

/** Any command of the ledger, ready to be decided. */
export function operationOf(command: LedgerCommand): LedgerOperation {
  switch (command.type) {
    case 'openAccount':
    case 'changeAccount':
    case 'freezeAccount':
    case 'unfreezeAccount':
    case 'closeAccount':
      return accountOperation(command);
    case 'transact':
    case 'capture':
    case 'void':
    case 'expire':
    case 'reverse':
      return moneyOperation(command);
  }
}
