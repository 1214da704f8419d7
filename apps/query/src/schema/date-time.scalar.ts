import { type Instant, parseInstant } from '@daybook/kernel';
import { CustomScalar, Scalar } from '@nestjs/graphql';
import { Kind, type ValueNode } from 'graphql';
import { badInput } from '../answers/errors';

/** What RFC 3339 can write: an offset may lead beyond it, where nothing is recorded. */
const EARLIEST_MS = Date.parse('0000-01-01T00:00:00.000Z');
const LATEST_MS = Date.parse('9999-12-31T23:59:59.999Z');
const answerable = (ms: number) => Math.min(Math.max(ms, EARLIEST_MS), LATEST_MS);

/** RFC 3339 in, UTC with milliseconds out. */
@Scalar('DateTime')
export class DateTimeScalar implements CustomScalar<string, Instant> {
  readonly description =
    'An RFC 3339 instant, leap seconds aside; answered in UTC with milliseconds.';

  parseValue(value: unknown): Instant {
    const instant = typeof value === 'string' ? parseInstant(value) : undefined;
    if (!instant) {
      throw badInput(
        'DateTime must be an RFC 3339 instant such as 2026-03-31T23:59:59.999Z, no leap second',
      );
    }
    return { floor: answerable(instant.floor), ceiling: answerable(instant.ceiling) };
  }

  parseLiteral(node: ValueNode): Instant {
    return this.parseValue(node.kind === Kind.STRING ? node.value : undefined);
  }

  serialize(value: unknown): string {
    return new Date(Number(value)).toISOString();
  }
}
