import { type DynamicModule, Module } from '@nestjs/common';
import { CommandBus, CqrsModule } from '@nestjs/cqrs';
import { CaptureController } from './capture/capture.controller';
import { CaptureHandler } from './capture/capture.handler';
import { ChangeAccountController } from './change-account/change-account.controller';
import { ChangeAccountHandler } from './change-account/change-account.handler';
import { CloseController } from './close/close.controller';
import { CloseHandler } from './close/close.handler';
import { DepositController } from './deposit/deposit.controller';
import { DepositHandler } from './deposit/deposit.handler';
import { CommandEdge } from './edge/command-edge';
import type { Timekeeping } from './edge/read-request';
import { FreezeController } from './freeze/freeze.controller';
import { FreezeHandler } from './freeze/freeze.handler';
import { Ledger } from './ledger/ledger';
import { OpenAccountController } from './open-account/open-account.controller';
import { OpenAccountHandler } from './open-account/open-account.handler';
import { PostTransactionController } from './post-transaction/post-transaction.controller';
import { PostTransactionHandler } from './post-transaction/post-transaction.handler';
import type { ReceiptDesk } from './receipts/receipt-desk';
import { Receipts } from './receipts/receipts';
import { ReceiptsController } from './receipts/receipts.controller';
import { ReverseController } from './reverse/reverse.controller';
import { ReverseHandler } from './reverse/reverse.handler';
import { TransferController } from './transfer/transfer.controller';
import { TransferHandler } from './transfer/transfer.handler';
import { UnfreezeController } from './unfreeze/unfreeze.controller';
import { UnfreezeHandler } from './unfreeze/unfreeze.handler';
import { VoidHoldController } from './void/void.controller';
import { VoidHoldHandler } from './void/void.handler';
import { WithdrawController } from './withdraw/withdraw.controller';
import { WithdrawHandler } from './withdraw/withdraw.handler';

const controllers = [
  OpenAccountController,
  ChangeAccountController,
  DepositController,
  WithdrawController,
  TransferController,
  PostTransactionController,
  CaptureController,
  VoidHoldController,
  ReverseController,
  FreezeController,
  UnfreezeController,
  CloseController,
  ReceiptsController,
];

const handlers = [
  OpenAccountHandler,
  ChangeAccountHandler,
  DepositHandler,
  WithdrawHandler,
  TransferHandler,
  PostTransactionHandler,
  CaptureHandler,
  VoidHoldHandler,
  ReverseHandler,
  FreezeHandler,
  UnfreezeHandler,
  CloseHandler,
];

/** What the module is given ready-made: it knows no store and reads no clock of its own. */
export interface CommandParts {
  readonly ledger: Ledger;
  readonly timekeeping: Timekeeping;
  readonly desk: ReceiptDesk;
  readonly receipts: Receipts;
}

/** The routes of the command service and their handlers, one folder a use case. */
@Module({})
export class CommandModule {
  static of({ ledger, timekeeping, desk, receipts }: CommandParts): DynamicModule {
    return {
      module: CommandModule,
      imports: [CqrsModule],
      controllers,
      providers: [
        ...handlers,
        { provide: Ledger, useValue: ledger },
        { provide: Receipts, useValue: receipts },
        {
          provide: CommandEdge,
          inject: [CommandBus],
          useFactory: (bus: CommandBus) => new CommandEdge(bus, timekeeping, desk),
        },
      ],
    };
  }
}
