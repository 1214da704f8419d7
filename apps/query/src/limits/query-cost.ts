import type { Instant } from '@daybook/kernel';
import { type Interval, intervalEnds } from '@daybook/read-store-mongo';
import {
  type FragmentDefinitionNode,
  getArgumentValues,
  getNamedType,
  type GraphQLSchema,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
} from 'graphql';
import { queryLimits } from './query-limits';

/** How deep an operation nests, and how many values it can answer with. */
export interface QueryCost {
  readonly depth: number;
  readonly cost: number;
}

/** An operation of a valid document, with what it needs to be understood. */
export interface Operation {
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly variables: Readonly<Record<string, unknown>>;
}

/**
 * The cost of an operation: a field counts 1, what lies below a connection counts once for each
 * element of the page, and below a balance history once for each point. Introspection counts by its
 * fields alone: its size is the schema's.
 */
export function queryCost(operation: Operation): QueryCost {
  const root = operation.schema.getQueryType()?.name ?? '';
  const measured = new Map<string, QueryCost>();
  return ofSelections(operation.operation.selectionSet.selections, {
    ...operation,
    measured,
    type: root,
    page: queryLimits.pageDefault,
  });
}

interface Place extends Operation {
  /** Fragments measured already: one that is spread often must not be walked each time. */
  readonly measured: Map<string, QueryCost>;
  readonly type: string;
  /** The page size that a connection without arguments of its own takes from its parent. */
  readonly page: number;
}

function ofSelections(selections: readonly SelectionNode[], place: Place): QueryCost {
  return selections
    .map((selection) => ofSelection(selection, place))
    .reduce((all, one) => ({ depth: Math.max(all.depth, one.depth), cost: all.cost + one.cost }), {
      depth: 0,
      cost: 0,
    });
}

function ofSelection(selection: SelectionNode, place: Place): QueryCost {
  if (selection.kind === Kind.INLINE_FRAGMENT) {
    const type = selection.typeCondition?.name.value ?? place.type;
    return ofSelections(selection.selectionSet.selections, { ...place, type });
  }
  if (selection.kind === Kind.FRAGMENT_SPREAD) return ofFragment(selection.name.value, place);
  const parent = place.schema.getType(place.type);
  const field = isObjectType(parent) ? parent.getFields()[selection.name.value] : undefined;
  const below = selection.selectionSet?.selections ?? [];
  if (!field) {
    const { depth, cost } = ofSelections(below, { ...place, type: '' });
    return { depth: depth + 1, cost: cost + 1 };
  }
  const type = getNamedType(field.type).name;
  const isPaged = field.args.some(({ name }) => name === 'first');
  const unnamed = isPaged ? queryLimits.pageDefault : place.page;
  const given = getArgumentValues(field, selection, place.variables);
  const page = pageSize(given) ?? unnamed;
  const { depth, cost } = ofSelections(below, { ...place, type, page });
  const times = type.endsWith('Connection') ? page : historyPoints(given);
  const own = field === totalsOf(place.schema) ? queryLimits.totalsCost : 1;
  return { depth: depth + 1, cost: own + Math.max(1, times) * cost };
}

function ofFragment(name: string, place: Place): QueryCost {
  const key = `${name} ${place.page}`;
  const known = place.measured.get(key);
  if (known) return known;
  const fragment = place.fragments.get(name);
  const type = fragment?.typeCondition.name.value ?? '';
  const cost = ofSelections(fragment?.selectionSet.selections ?? [], { ...place, type });
  place.measured.set(key, cost);
  return cost;
}

/** No more than a page can have: a size beyond that is refused by name where it is read. */
function pageSize({ first, last }: Record<string, unknown>): number | undefined {
  const sizes = [first, last].filter((size): size is number => typeof size === 'number');
  return sizes.length > 0 ? Math.min(...sizes, queryLimits.pageMax) : undefined;
}

/** How many points a history has; 1 for a field that is none. */
function historyPoints({ from, to, interval }: Record<string, unknown>): number {
  if (interval === undefined) return 1;
  const [start, end] = [from as Instant, to as Instant];
  const limit = queryLimits.historyPointsMax;
  return intervalEnds(start.ceiling, end.ceiling, interval as Interval, limit)?.length ?? limit;
}

function totalsOf(schema: GraphQLSchema) {
  const type = schema.getType('TrialBalance');
  return isObjectType(type) ? type.getFields()['totals'] : undefined;
}
