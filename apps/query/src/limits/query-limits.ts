/** How much one query may ask for. */
export const queryLimits = {
  /** Tokens of the document, before it is parsed. */
  tokensMax: 5_000,
  depthMax: 20,
  /** Values of the answer, pages counted in full. */
  costMax: 100_000,
  pageMax: 500,
  pageDefault: 100,
  /** Values in a filter's list. */
  filterValuesMax: 500,
  historyPointsMax: 1_000,
  /** What the totals of a trial balance count: every entry may be read for one. */
  totalsCost: 5_000,
} as const;
