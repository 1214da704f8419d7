import { batchLoader } from './batch-loader';

function counted() {
  const calls: (readonly string[])[] = [];
  const load = batchLoader(async (keys) => {
    calls.push([...keys]);
    return new Map(keys.filter((key) => key !== 'none').map((key) => [key, `${key}!`]));
  }, 3);
  return { calls, load };
}

describe('a batch loader', () => {
  it('loads the keys of a turn in one call, each once', async () => {
    const { calls, load } = counted();
    expect(await Promise.all(['a', 'b', 'a', 'none'].map(load))).toEqual([
      'a!',
      'b!',
      'a!',
      undefined,
    ]);
    expect(calls).toEqual([['a', 'b', 'none']]);
  });

  it('remembers what it loaded', async () => {
    const { calls, load } = counted();
    await load('a');
    await Promise.all([load('a'), load('b')]);
    expect(calls).toEqual([['a'], ['b']]);
  });

  it('keeps its calls bounded', async () => {
    const { calls, load } = counted();
    await Promise.all(['a', 'b', 'c', 'd'].map(load));
    expect(calls).toEqual([['a', 'b', 'c'], ['d']]);
  });

  it('fails all keys of a call that fails', async () => {
    const load = batchLoader<string>(() => Promise.reject(new Error('down')), 3);
    const settled = await Promise.allSettled([load('a'), load('b')]);
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });
});
