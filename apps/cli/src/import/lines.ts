const LINE_LENGTH_MAX = 64 * 1024;
const LINE_END = /\r\n|\n|\r(?!$)/;

/** A file that is not of the shape at all. */
export class NotABankFile extends Error {}

export interface Line {
  readonly text: string;
  /** Counts from 1, empty lines too. */
  readonly line: number;
}

/** The lines of a text that are not empty, whatever ends them; none longer than 64 KiB. */
export async function* linesOf(chunks: AsyncIterable<string>): AsyncGenerator<Line> {
  let rest = '';
  let line = 0;
  for await (const chunk of chunks) {
    const found = `${rest}${line === 0 && rest === '' ? chunk.replace(/^\uFEFF/, '') : chunk}`;
    // A carriage return at the very end may be half of a line end: it waits for the next chunk.
    const texts = found.split(LINE_END);
    rest = texts.pop() ?? '';
    for (const text of texts) {
      line++;
      if (text.trim() !== '') yield { text, line };
    }
    if (rest.length > LINE_LENGTH_MAX) {
      throw new NotABankFile(`line ${line + 1} is longer than ${LINE_LENGTH_MAX} characters`);
    }
  }
  if (rest.trim() !== '') yield { text: rest.replace(/\r$/, ''), line: line + 1 };
}
