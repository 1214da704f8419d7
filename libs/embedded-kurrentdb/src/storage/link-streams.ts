import { randomUUID } from 'node:crypto';
import type { ProposedEvent } from './stored-event';

/** A link that has to be written. */
export interface PendingLink {
  readonly stream: Buffer;
  readonly event: ProposedEvent;
}

const linkType = Buffer.from('$>');
const noBytes = Buffer.alloc(0);
const dollar = 0x24;

/**
 * The link streams that the original's system projections write: `$ce-<category>`, `$et-<type>`,
 * `$bc-<correlation id>` and `$streams`. Here the links are written in the transaction of their
 * events, behind them, so they are never late and never missing.
 */
export class LinkStreams {
  private pending: PendingLink[] = [];

  /** Notes the links of a written event. System streams and links have none. */
  note(stream: Buffer, revision: number, event: ProposedEvent): void {
    if (stream[0] === dollar || event.type.equals(linkType)) return;
    const name = stream.toString('utf8');
    const target = `${revision}@${name}`;
    if (revision === 0) this.add('$streams', target);
    const dash = name.indexOf('-');
    if (dash > 0) this.add(`$ce-${name.slice(0, dash)}`, target);
    this.add(`$et-${event.type.toString('utf8')}`, target);
    const correlation = correlationId(event.metadata);
    if (correlation) this.add(`$bc-${correlation}`, target);
  }

  take(): PendingLink[] {
    const taken = this.pending;
    this.pending = [];
    return taken;
  }

  private add(stream: string, target: string): void {
    this.pending.push({
      stream: Buffer.from(stream),
      event: {
        id: randomUUID(),
        type: linkType,
        contentType: 'application/octet-stream',
        metadata: noBytes,
        data: Buffer.from(target),
      },
    });
  }
}

function correlationId(metadata: Buffer): string | undefined {
  if (!metadata.includes('$correlationId')) return undefined;
  try {
    const { $correlationId } = JSON.parse(metadata.toString('utf8')) as Record<string, unknown>;
    return typeof $correlationId === 'string' && $correlationId ? $correlationId : undefined;
  } catch {
    return undefined;
  }
}
