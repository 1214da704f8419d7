/** What can stand in a `PlacedList`, which alone writes its place; -1: it stands in none. */
export interface Placed {
  place: number;
}

/**
 * Things that come and go, in no order; each knows its place and leaves without a search. Not a set: V8's
 * sets make new tables as they grow and shrink, and a table that has become old keeps the next one
 * alive, and so all that ever stood in it until the next full collection.
 */
export class PlacedList<Item extends Placed> implements Iterable<Item> {
  private readonly items: Item[] = [];

  get size(): number {
    return this.items.length;
  }

  has(item: Item): boolean {
    return item.place >= 0;
  }

  /** The item at a place from 0 to below the size. */
  at(place: number): Item {
    return this.items[place] as Item;
  }

  add(item: Item): void {
    item.place = this.items.push(item) - 1;
  }

  /** Takes out an item that is in the list; once. */
  remove(item: Item): void {
    // The last one takes the place that becomes free.
    const last = this.items.pop() as Item;
    last.place = item.place;
    if (last !== item) this.items[item.place] = last;
    item.place = -1;
  }

  [Symbol.iterator](): Iterator<Item> {
    return this.items.values();
  }
}
