/**
 * A bounded map that forgets the oldest entries by the half: two generations, of which the older
 * is dropped when the younger is full. (Deleting a map's first entry one by one walks over all
 * deleted ones.)
 */
export class Generations<Value> {
  private young = new Map<string, Value>();
  private old = new Map<string, Value>();

  constructor(private readonly generationMax: number) {}

  get(key: string): Value | undefined {
    return this.young.get(key) ?? this.old.get(key);
  }

  /** As `get`, and keeps what is used. */
  use(key: string): Value | undefined {
    const found = this.young.get(key);
    if (found !== undefined) return found;
    const aged = this.old.get(key);
    if (aged !== undefined) this.young.set(key, aged);
    return aged;
  }

  set(key: string, value: Value): void {
    this.young.set(key, value);
  }

  /**
   * Drops the older generation when the younger is full; call it when nothing relies on an entry.
   */
  age(): void {
    if (this.young.size < this.generationMax) return;
    this.old = this.young;
    this.young = new Map();
  }
}
