import type { Doc, Value } from '../bson/values';
import { anyAt, type LeafTest, type MatchSpot, type Path } from './paths';

/** How a leaf compares, kept beside its test so that the planner can turn it into index bounds. */
export type Comparison =
  | { op: 'eq' | 'gt' | 'gte' | 'lt' | 'lte'; value: Value }
  | { op: 'in'; values: readonly Value[]; regexes: boolean }
  | { op: 'prefix'; prefix: string }
  | { op: 'exists' }
  | { op: 'other' };

/** A parsed filter. */
export type Filter =
  | { kind: 'and' | 'or' | 'nor'; of: readonly Filter[] }
  | { kind: 'not'; of: Filter }
  | { kind: 'field'; path: Path; leaf: LeafTest; comparison: Comparison }
  | { kind: 'expr'; test: (doc: Doc) => boolean }
  | { kind: 'always'; value: boolean };

/** True when the document passes. `spot` receives the array index that the positional `$` takes. */
export function matches(filter: Filter, doc: Doc, spot?: MatchSpot): boolean {
  switch (filter.kind) {
    case 'field':
      return anyAt(doc, filter.path, 0, filter.leaf, spot);
    case 'and':
      for (const part of filter.of) if (!matches(part, doc, spot)) return false;
      return true;
    case 'or':
      for (const part of filter.of) if (matches(part, doc, spot)) return true;
      return false;
    case 'nor':
      for (const part of filter.of) if (matches(part, doc)) return false;
      return true;
    case 'not':
      return !matches(filter.of, doc);
    case 'expr':
      return filter.test(doc);
    case 'always':
      return filter.value;
  }
}
