import {
  type FragmentDefinitionNode,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  getArgumentValues,
  getNamedType,
  isObjectType,
} from 'graphql';

/** How much a query may ask for: nesting, and values counted with the sizes of their pages. */
export const queryLimits = { depthMax: 20, costMax: 100_000, pageMax: 500, pageDefault: 100 };

export interface QueryCost {
  readonly depth: number;
  readonly cost: number;
}

export interface Operation {
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  readonly variables: Readonly<Record<string, unknown>>;
}

/**
 * The greatest depth and the number of values an operation can answer with. A field costs 1, what
 * is below a connection counts once per element of the page. Expects a valid document.
 */
export function queryCost({ schema, operation, fragments, variables }: Operation): QueryCost {
  const root = schema.getQueryType();
  if (!root) return { depth: 0, cost: 0 };
  // Measured once each: a fragment spread many times must not be walked many times.
  const measured = new Map<string, QueryCost>();

  const ofSelections = (selections: readonly SelectionNode[], type: string): QueryCost => {
    let depth = 0;
    let cost = 0;
    for (const selection of selections) {
      const part = ofSelection(selection, type);
      depth = Math.max(depth, part.depth);
      cost += part.cost;
    }
    return { depth, cost };
  };

  const ofSelection = (selection: SelectionNode, type: string): QueryCost => {
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      const condition = selection.typeCondition?.name.value ?? type;
      return ofSelections(selection.selectionSet.selections, condition);
    }
    if (selection.kind === Kind.FRAGMENT_SPREAD) return ofFragment(selection.name.value);
    const parent = schema.getType(type);
    const field = isObjectType(parent) ? parent.getFields()[selection.name.value] : undefined;
    const below = selection.selectionSet?.selections ?? [];
    if (!field) {
      // Introspection: bounded by depth alone, its size is the schema's.
      const inner = ofSelections(below, '');
      return { depth: inner.depth + 1, cost: inner.cost + 1 };
    }
    const answered = getNamedType(field.type).name;
    const inner = ofSelections(below, answered);
    const times = answered.endsWith('Connection')
      ? pageSize(getArgumentValues(field, selection, variables))
      : 1;
    return { depth: inner.depth + 1, cost: 1 + times * inner.cost };
  };

  const ofFragment = (name: string): QueryCost => {
    const known = measured.get(name);
    if (known) return known;
    const fragment = fragments[name];
    const cost = fragment
      ? ofSelections(fragment.selectionSet.selections, fragment.typeCondition.name.value)
      : { depth: 0, cost: 0 };
    measured.set(name, cost);
    return cost;
  };

  return ofSelections(operation.selectionSet.selections, root.name);
}

function pageSize({ first, last }: Record<string, unknown>): number {
  const sizes = [first, last].filter((size): size is number => typeof size === 'number');
  const size = sizes.length > 0 ? Math.min(...sizes) : queryLimits.pageDefault;
  return Math.max(1, size);
}
