import { randomUUID } from 'node:crypto';
import type { ProposedEvent } from './stored-event';
import { nameBytesMax } from './stream-name';

/** A link that has to be written. */
export interface PendingLink {
  readonly stream: Buffer;
  readonly event: ProposedEvent;
}

/** An event as far as links to it go. */
export type LinkedEvent = Pick<ProposedEvent, 'id' | 'type' | 'metadata'>;

/** The original's system projections that write links, by their names. */
export const linkProjections = [
  '$streams',
  '$by_category',
  '$by_event_type',
  '$by_correlation_id',
] as const;
export type LinkProjection = (typeof linkProjections)[number];

const linkType = Buffer.from('$>');
const dollar = 0x24;

/**
 * Where a projection writes the link for an event: to `$streams`, `$ce-<category>`, `$et-<type>` or
 * `$bc-<correlation id>`. Events of system streams and links have none, and there is none in a
 * stream whose name would be longer than any that can be asked for.
 */
export function linkStreamOf(
  projection: LinkProjection,
  stream: Buffer,
  revision: number,
  event: LinkedEvent,
): string | undefined {
  const name = linkStreamName(projection, stream, revision, event);
  return name && Buffer.byteLength(name) <= nameBytesMax ? name : undefined;
}

function linkStreamName(
  projection: LinkProjection,
  stream: Buffer,
  revision: number,
  event: LinkedEvent,
): string | undefined {
  if (stream[0] === dollar || event.type.equals(linkType)) return undefined;
  if (projection === '$streams') return revision === 0 ? '$streams' : undefined;
  if (projection === '$by_event_type') return `$et-${event.type.toString('utf8')}`;
  if (projection === '$by_correlation_id') {
    const correlation = correlationId(event.metadata);
    return correlation && `$bc-${correlation}`;
  }
  const name = stream.toString('utf8');
  const dash = name.indexOf('-');
  return dash > 0 ? `$ce-${name.slice(0, dash)}` : undefined;
}

/** A link to the event of that revision. */
export function linkTo(
  linkStream: string,
  stream: Buffer,
  revision: number,
  { id }: LinkedEvent,
): PendingLink {
  const event: ProposedEvent = {
    id: randomUUID(),
    type: linkType,
    contentType: 'application/octet-stream',
    metadata: Buffer.from(`{"$causedBy":"${id}"}`),
    data: Buffer.concat([Buffer.from(`${revision}@`), stream]),
  };
  return { stream: Buffer.from(linkStream), event };
}

/**
 * The links of events that are being written, of all projections: here they are written in the
 * transaction of their events, behind them, so they are never late and never missing.
 */
export class LinkStreams {
  private pending: PendingLink[] = [];

  /** Notes the links of a written event. */
  note(stream: Buffer, revision: number, event: LinkedEvent): void {
    for (const projection of linkProjections) {
      const linkStream = linkStreamOf(projection, stream, revision, event);
      if (linkStream) this.pending.push(linkTo(linkStream, stream, revision, event));
    }
  }

  take(): PendingLink[] {
    const taken = this.pending;
    this.pending = [];
    return taken;
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
