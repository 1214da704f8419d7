import { frame } from '../grpc/framing';
import { positionOf } from '../protobuf/shared-messages';
import { ProtoWriter } from '../protobuf/writer';
import type { AppendOutcome, Refusal } from '../storage/append';
import {
  expectAny,
  expectNoStream,
  expectStreamExists,
  type Expected,
} from '../storage/commit-check';
import type { GrpcCode } from '../grpc/status';

type Appended = Extract<AppendOutcome, { kind: 'appended' }>;

/** `{ current_revision = 1 | no_stream = 2, position = 3 | no_position = 4 }`. */
function success({ streams, position }: Appended): (writer: ProtoWriter) => void {
  return (writer) => {
    writer.uint64(1, streams[0]!.revision);
    if (position === undefined) writer.message(4);
    else writer.message(3, positionOf(position));
  };
}

/** The framed `AppendResp` of a done append. */
export function appendSucceeded(outcome: Appended): Buffer {
  return frame(new ProtoWriter().message(1, success(outcome)).finish());
}

/** The framed `AppendResp` of an append that met another state than expected. */
export function appendConflicted(expected: Expected, refusal: Refusal): Buffer {
  const message = new ProtoWriter().message(2, (conflict) => {
    if (refusal.current < 0) conflict.message(7);
    else conflict.uint64(6, refusal.current);
    if (expected === expectAny) conflict.message(9);
    else if (expected === expectStreamExists) conflict.message(10);
    else if (expected === expectNoStream) conflict.message(11);
    else conflict.uint64(8, expected);
  });
  return frame(message.finish());
}

/** Which append of a batch an answer belongs to. */
export interface BatchAddress {
  readonly correlation: Buffer;
  readonly name: Buffer;
  readonly expected: Expected;
}

/** The framed `BatchAppendResp` of a done append. */
export function batchSucceeded(address: BatchAddress, outcome: Appended): Buffer {
  return batchAnswer(address, (writer) => writer.message(3, success(outcome)));
}

/** An error of one append in a batch: a `google.rpc.Status` with one typed detail. */
export interface BatchError {
  readonly code: GrpcCode;
  readonly message: string;
  readonly typeName: string;
  readonly detail: Buffer;
}

/** The framed `BatchAppendResp` of a refused append. */
export function batchFailed(address: BatchAddress, error: BatchError): Buffer {
  return batchAnswer(address, (writer) =>
    writer.message(2, (status) =>
      status
        .uint64(1, error.code)
        .string(2, error.message)
        .message(3, (any) =>
          any
            .string(1, `type.googleapis.com/event_store.client.${error.typeName}`)
            .bytes(2, error.detail),
        ),
    ),
  );
}

function batchAnswer(address: BatchAddress, outcome: (writer: ProtoWriter) => void): Buffer {
  const { correlation, name, expected } = address;
  const writer = new ProtoWriter().bytes(1, correlation);
  outcome(writer);
  writer.message(4, (identifier) => identifier.bytes(3, name));
  if (expected === expectAny) writer.message(7);
  else if (expected === expectStreamExists) writer.message(8);
  else if (expected === expectNoStream) writer.message(6);
  else writer.uint64(5, expected);
  return frame(writer.finish());
}

/** The detail `WrongExpectedVersion` of a batch's refusal. */
export function conflictDetail(expected: Expected, current: number): Buffer {
  const writer = new ProtoWriter();
  if (current < 0) writer.message(2);
  else writer.uint64(1, current);
  if (expected === expectAny) writer.message(4);
  else if (expected === expectStreamExists) writer.message(5);
  else if (expected === expectNoStream) writer.message(6);
  else writer.uint64(3, expected);
  return writer.finish();
}

/** The framed `DeleteResp` or `TombstoneResp`. */
export function deleted(position: number | undefined): Buffer {
  const writer = new ProtoWriter();
  if (position === undefined) writer.message(2);
  else writer.message(1, positionOf(position));
  return frame(writer.finish());
}
