import { Module, type DynamicModule } from '@nestjs/common';
import type { ReadStore } from '@daybook/read-store-mongo';
import { PositionController } from './position/position.controller';
import { READ_STORE } from './position/read-store.token';

/** The projector's own routes. */
@Module({})
export class ProjectorModule {
  static of(store: ReadStore): DynamicModule {
    return {
      module: ProjectorModule,
      controllers: [PositionController],
      providers: [{ provide: READ_STORE, useValue: store }],
    };
  }
}
