import { linesOf } from './lines';

const read = async (...chunks: string[]) => {
  const lines: string[] = [];
  const source = (async function* () {
    yield* chunks;
  })();
  for await (const { text, line } of linesOf(source)) lines.push(`${line}:${text}`);
  return lines;
};

describe('the lines of a file', () => {
  it('end in any way, also between two chunks', async () => {
    expect(await read('a\r\nb\nc\rd')).toEqual(['1:a', '2:b', '3:c', '4:d']);
    expect(await read('a\r', '\nb', 'c\r\n')).toEqual(['1:a', '2:bc']);
  });

  it('are counted with the empty ones, which are left out', async () => {
    expect(await read('\uFEFFa\n\n  \nb\n')).toEqual(['1:a', '4:b']);
  });

  it('are refused when they never end', async () => {
    await expect(read('x'.repeat(70_000))).rejects.toThrow('line 1 is longer than 65536');
  });
});
