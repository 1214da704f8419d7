/** Loads by key; keys asked for in the same turn of the event loop go out in one call. */
export type Load<Value> = (key: string) => Promise<Value | undefined>;

interface Batch<Value> {
  readonly keys: string[];
  readonly found: Promise<ReadonlyMap<string, Value>>;
}

/**
 * Gathers keys over a turn and loads them together, each once. It remembers what it loaded, so it
 * must not outlive the moment it loads for.
 */
export function batchLoader<Value>(
  loadAll: (keys: readonly string[]) => Promise<ReadonlyMap<string, Value>>,
  keysMax: number,
): Load<Value> {
  const loaded = new Map<string, Promise<Value | undefined>>();
  let waiting: Batch<Value> | undefined;
  const startBatch = (): Batch<Value> => {
    const keys: string[] = [];
    const found = new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      if (waiting?.keys === keys) waiting = undefined;
      return loadAll(keys);
    });
    return { keys, found };
  };
  return (key) => {
    let value = loaded.get(key);
    if (!value) {
      if (!waiting || waiting.keys.length === keysMax) waiting = startBatch();
      waiting.keys.push(key);
      value = waiting.found.then((found) => found.get(key));
      loaded.set(key, value);
    }
    return value;
  };
}
