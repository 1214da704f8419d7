import { GrpcCode, GrpcError } from './status';

/** Bytes before each gRPC message: a compression flag and the length. */
export const frameHeaderBytes = 5;

/** Puts the gRPC frame header before a message. */
export function frame(message: Uint8Array): Buffer {
  const framed = Buffer.alloc(frameHeaderBytes + message.length);
  framed.writeUInt32BE(message.length, 1);
  framed.set(message, frameHeaderBytes);
  return framed;
}

/**
 * Cuts an HTTP/2 body into gRPC messages. Holds at most one unfinished message, whose announced
 * length is checked against the limit before anything is kept for it.
 */
export class FrameReader {
  private chunks: Buffer[] = [];
  private held = 0;

  constructor(private readonly messageBytesMax: number) {}

  /** Bytes of an unfinished message that are held. */
  get pending(): number {
    return this.held;
  }

  /** Returns the messages that the chunk completes; they are views of received memory. */
  push(chunk: Buffer): Buffer[] {
    this.chunks.push(chunk);
    this.held += chunk.length;
    if (this.held < frameHeaderBytes) return [];
    if (this.chunks.length > 1) {
      const needed = this.announced();
      if (this.held < needed) return [];
    }
    return this.cut();
  }

  private cut(): Buffer[] {
    const data = this.chunks.length === 1 ? this.chunks[0]! : Buffer.concat(this.chunks, this.held);
    const messages: Buffer[] = [];
    let at = 0;
    while (data.length - at >= frameHeaderBytes) {
      const length = this.lengthAt(data, at);
      if (data.length - at - frameHeaderBytes < length) break;
      messages.push(data.subarray(at + frameHeaderBytes, at + frameHeaderBytes + length));
      at += frameHeaderBytes + length;
    }
    const rest = data.subarray(at);
    this.chunks = rest.length > 0 ? [rest] : [];
    this.held = rest.length;
    return messages;
  }

  /** Length of the first, unfinished message with its header. */
  private announced(): number {
    const first = this.chunks[0]!;
    if (first.length >= frameHeaderBytes) return frameHeaderBytes + this.lengthAt(first, 0);
    this.chunks = [Buffer.concat(this.chunks, this.held)];
    return frameHeaderBytes + this.lengthAt(this.chunks[0]!, 0);
  }

  private lengthAt(data: Buffer, at: number): number {
    if (data[at] !== 0) {
      throw new GrpcError(GrpcCode.Unimplemented, 'compressed messages are not supported');
    }
    const length = data.readUInt32BE(at + 1);
    if (length > this.messageBytesMax) {
      throw new GrpcError(
        GrpcCode.ResourceExhausted,
        `Received message exceeds the maximum configured message size (${this.messageBytesMax}).`,
      );
    }
    return length;
  }
}
