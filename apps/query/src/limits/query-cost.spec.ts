import { buildSchema, type FragmentDefinitionNode, Kind, parse, validate } from 'graphql';
import { typeDefs } from '../schema/schema';
import { queryCost } from './query-cost';

const schema = buildSchema(typeDefs);

function costOf(query: string, variables: Record<string, unknown> = {}) {
  const document = parse(query);
  expect(validate(schema, document)).toEqual([]);
  const fragments = new Map<string, FragmentDefinitionNode>();
  const operations = document.definitions.flatMap((node) => {
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
    return node.kind === Kind.OPERATION_DEFINITION ? [node] : [];
  });
  const [operation] = operations;
  if (!operation) throw new Error('no operation');
  return queryCost({ schema, operation, fragments, variables });
}

describe('the cost of a query', () => {
  it('counts fields', () => {
    expect(costOf('{ account(id: "a") { id balance { amount } } }')).toEqual({ depth: 3, cost: 4 });
  });

  it('counts what lies below a connection for each element of the page', () => {
    const page = (args: string) => costOf(`{ accounts${args} { edges { cursor } } }`).cost;
    expect(page('(first: 7)')).toBe(1 + 7 * 2);
    expect(page('(last: 3)')).toBe(1 + 3 * 2);
    expect(page('')).toBe(1 + 100 * 2);
    expect(page('(first: 0)')).toBe(1 + 2);
  });

  it('takes page sizes from variables, and from the parent of the trial balance', () => {
    const query = 'query ($n: Int) { trialBalance(first: $n) { lines { edges { cursor } } } }';
    expect(costOf(query, { n: 9 }).cost).toBe(1 + 1 + 9 * 2);
  });

  it('multiplies nested pages', () => {
    const query = `{ accounts(first: 10) { edges { node {
      entries(first: 20) { edges { cursor } } } } } }`;
    expect(costOf(query).cost).toBe(1 + 10 * (1 + 1 + 1 + 20 * 2));
  });

  it('counts a nested page of no named size as the default, whatever is around it', () => {
    const query = (first: number) =>
      `{ accounts(first: ${first}) { edges { node { entries { edges { cursor } } } } } }`;
    expect(costOf(query(2)).cost).toBe(1 + 2 * (1 + 1 + 1 + 100 * 2));
    expect(costOf(query(200)).cost).toBe(1 + 200 * (1 + 1 + 1 + 100 * 2));
  });

  it('counts a fragment each time it is spread, at any nesting', () => {
    const doubling = Array.from({ length: 14 }, (_, i) => {
      const below = i === 13 ? 'id' : `...F${i + 1} reversalOf { ...F${i + 1} }`;
      return `fragment F${i} on Transaction { ${below} }`;
    });
    const query = `{ transaction(id: "t") { ...F0 } } ${doubling.join('\n')}`;
    expect(costOf(query)).toEqual({ depth: 15, cost: 1 + 2 ** 13 + (2 ** 13 - 1) });
  });

  it('counts introspection by its fields', () => {
    expect(costOf('{ __schema { types { fields { name } } } }')).toEqual({ depth: 4, cost: 4 });
  });
});
