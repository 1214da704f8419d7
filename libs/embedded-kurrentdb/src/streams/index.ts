import type { GrpcServer } from '../grpc/server';
import type { EventStore } from '../storage/event-store';
import { serveAppend, serveDelete } from './append';
import { serveAppendRecords, serveAppendSession } from './append-records';
import { serveBatchAppend } from './batch-append';
import type { AppendLimits } from './limits';
import { serveRead } from './read';

const streams = '/event_store.client.streams.Streams/';
const records = '/kurrentdb.protocol.v2.streams.StreamsService/';

/** Registers both services for streams. */
export function serveStreams(server: GrpcServer, store: EventStore, limits: AppendLimits): void {
  server.method(`${streams}Read`, (call) => serveRead(call, store));
  server.method(`${streams}Append`, (call) => serveAppend(call, store, limits));
  server.method(`${streams}BatchAppend`, (call) => serveBatchAppend(call, store, limits));
  server.method(`${streams}Delete`, (call) => serveDelete(call, store, false));
  server.method(`${streams}Tombstone`, (call) => serveDelete(call, store, true));
  server.method(`${records}AppendRecords`, (call) => serveAppendRecords(call, store, limits));
  server.method(`${records}AppendSession`, (call) => serveAppendSession(call, store, limits));
}

export type { AppendLimits } from './limits';
