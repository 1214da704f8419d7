import type { IncomingHttpHeaders } from 'node:http2';
import type { GrpcServer } from '../grpc/server';
import type { EventStore } from '../storage/event-store';
import { serveAppend, serveDelete } from './append';
import { serveAppendRecords, serveAppendSession } from './append-records';
import { serveBatchAppend } from './batch-append';
import type { AppendLimits } from './limits';
import { serveRead } from './read';

const streams = '/event_store.client.streams.Streams/';
const records = '/kurrentdb.protocol.v2.streams.StreamsService/';

/** The store as the caller of a call may use it. */
export type StoreFor = (headers: IncomingHttpHeaders) => EventStore;

/** Registers both services for streams. */
export function serveStreams(server: GrpcServer, storeFor: StoreFor, limits: AppendLimits): void {
  server.method(`${streams}Read`, (call, headers) => serveRead(call, storeFor(headers)));
  server.method(`${streams}Append`, (call, headers) =>
    serveAppend(call, storeFor(headers), limits),
  );
  server.method(`${streams}BatchAppend`, (call, headers) =>
    serveBatchAppend(call, storeFor(headers), limits),
  );
  server.method(`${streams}Delete`, (call, headers) => serveDelete(call, storeFor(headers), false));
  server.method(`${streams}Tombstone`, (call, headers) =>
    serveDelete(call, storeFor(headers), true),
  );
  server.method(`${records}AppendRecords`, (call, headers) =>
    serveAppendRecords(call, storeFor(headers), limits),
  );
  server.method(`${records}AppendSession`, (call, headers) =>
    serveAppendSession(call, storeFor(headers), limits),
  );
}

export type { AppendLimits } from './limits';
