import { ProblemError } from '@daybook/platform';

export const LINE_BYTES_MAX = 1024 * 1024;

/** A line, or the problem that stands in the place of one that is too long. */
export type Line = Buffer | ProblemError;

const LINE_END = 0x0a;

const BLANKS = new Set([' ', '\t', '\r', '\v', '\f'].map((blank) => blank.charCodeAt(0)));

/**
 * A stream's lines without their ends, blank ones left out. A line that is too long is not kept: a
 * problem stands in its place. The rest after the last line end is a line too, unless the stream
 * was cut off.
 */
export async function* linesOf(
  stream: AsyncIterable<Buffer>,
  wasCut: () => boolean = () => false,
): AsyncGenerator<Line> {
  let line = new GatheredLine();
  for await (const chunk of stream) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_END); end >= 0; end = chunk.indexOf(LINE_END, start)) {
      line.add(chunk.subarray(start, end));
      start = end + 1;
      const read = line.read();
      line = new GatheredLine();
      if (read) yield read;
    }
    line.add(chunk.subarray(start));
  }
  if (wasCut()) return;
  const last = line.read();
  if (last) yield last;
}

class GatheredLine {
  private parts: Buffer[] = [];
  private length = 0;

  add(part: Buffer): void {
    this.length += part.length;
    if (this.length > LINE_BYTES_MAX) this.parts = [];
    else if (part.length > 0) this.parts.push(part);
  }

  /** Undefined: it is blank. */
  read(): Line | undefined {
    if (this.length > LINE_BYTES_MAX) return tooLong();
    const [first, ...more] = this.parts;
    const line = first && more.length === 0 ? first : Buffer.concat(this.parts);
    return line.every((byte) => BLANKS.has(byte)) ? undefined : line;
  }
}

const tooLong = () =>
  new ProblemError('RequestTooLarge', `a line may have ${LINE_BYTES_MAX} bytes`);
