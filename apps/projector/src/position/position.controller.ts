import { generationsToRead, lowestCheckpoint, type ReadStore } from '@daybook/read-store-mongo';
import { Controller, Get, Inject } from '@nestjs/common';
import { READ_STORE } from './read-store.token';

/** Before anything was projected, as the other services say it: every record lies after it. */
const BEGINNING = '0';

/** How far every view is true; both of the last group, null before the first. */
export interface PositionAnswer {
  /** Opaque; as in `Daybook-Position` and `minPosition`. */
  readonly position: string;
  readonly recordedAt: string | null;
}

@Controller('position')
export class PositionController {
  constructor(@Inject(READ_STORE) private readonly store: ReadStore) {}

  @Get()
  async position(): Promise<PositionAnswer> {
    const { live } = await generationsToRead(this.store.db);
    const lowest = await lowestCheckpoint(this.store.views(live));
    if (!lowest) return { position: BEGINNING, recordedAt: null };
    return { position: String(lowest.position), recordedAt: lowest.recordedAt.toISOString() };
  }
}
