/** A view before and after a batch; `before` undefined: it did not exist. */
export interface ViewChange<View> {
  readonly before: View | undefined;
  readonly after: View;
}

/** Views of one kind while a batch is folded into them. */
export class FoldingViews<Id, View> {
  readonly #after = new Map<Id, View>();

  constructor(private readonly before: ReadonlyMap<Id, View>) {}

  get(id: Id): View | undefined {
    return this.#after.get(id) ?? this.before.get(id);
  }

  set(id: Id, view: View): void {
    this.#after.set(id, view);
  }

  /** What is not as it was loaded. */
  changes(): readonly ViewChange<View>[] {
    return [...this.#after]
      .map(([id, after]) => ({ before: this.before.get(id), after }))
      .filter(({ before, after }) => before !== after);
  }
}
