import { ProblemError } from '@daybook/platform';

export const LINE_BYTES_MAX = 1024 * 1024;

const LINE_END = 0x0a;

/**
 * A stream's lines without their ends, empty ones left out. Throws on a line that is too long. The
 * rest after the last line end is a line too, unless the stream was cut off.
 */
export async function* linesOf(
  stream: AsyncIterable<Buffer>,
  wasCut: () => boolean = () => false,
): AsyncGenerator<Buffer> {
  let parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_END); end >= 0; end = chunk.indexOf(LINE_END, start)) {
      const line = joined(parts, chunk.subarray(start, end), length);
      parts = [];
      length = 0;
      start = end + 1;
      if (!isBlank(line)) yield line;
    }
    const rest = chunk.subarray(start);
    if (rest.length > 0) parts.push(rest);
    length += rest.length;
    if (length > LINE_BYTES_MAX) throw tooLong();
  }
  if (wasCut()) return;
  const last = joined(parts, Buffer.alloc(0), length);
  if (!isBlank(last)) yield last;
}

function joined(parts: readonly Buffer[], end: Buffer, length: number): Buffer {
  if (length + end.length > LINE_BYTES_MAX) throw tooLong();
  return parts.length === 0 ? end : Buffer.concat([...parts, end]);
}

const isBlank = (line: Buffer): boolean =>
  line.length === 0 || (line.length < 16 && line.toString('latin1').trim() === '');

const tooLong = () =>
  new ProblemError('RequestTooLarge', `a line may have ${LINE_BYTES_MAX} bytes`);
