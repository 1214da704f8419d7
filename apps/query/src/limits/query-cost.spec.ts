import {
  assertScalarType,
  buildSchema,
  type FragmentDefinitionNode,
  Kind,
  parse,
  validate,
} from 'graphql';
import { parseInstant } from '@daybook/kernel';
import { typeDefs } from '../schema/schema';
import { queryCost } from './query-cost';

const schema = buildSchema(typeDefs);
const dateTime = assertScalarType(schema.getType('DateTime'));
dateTime.parseLiteral = (node) => parseInstant('value' in node ? String(node.value) : '');

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

  it('leaves a page that is too large to whoever reads it', () => {
    const page = (first: number) => costOf(`{ accounts(first: ${first}) { totalCount } }`).cost;
    expect(page(2_147_483_647)).toBe(page(500));
  });

  it('counts what lies below a balance history for each point', () => {
    const history = (to: string, interval = 'DAY') => {
      const args = `from: "2026-01-01T00:00:00Z", to: "${to}", interval: ${interval}`;
      return costOf(`{ accounts(first: 10) { edges { node {
        balanceHistory(${args}) { at } } } } }`).cost;
    };
    expect(history('2026-01-08T00:00:00Z')).toBe(1 + 10 * (1 + 1 + 1 + 7));
    expect(history('2026-03-01T00:00:00Z', 'MONTH')).toBe(1 + 10 * (1 + 1 + 1 + 2));
    // What is refused when it is read: too many points, and an end before its start.
    expect(history('2027-01-01T00:00:00Z', 'HOUR')).toBe(1 + 10 * (1 + 1 + 1 + 1_000));
    expect(history('2025-01-01T00:00:00Z')).toBe(1 + 10 * (1 + 1 + 1 + 1));
  });

  it('counts the totals of a trial balance as what they are: a read of the whole ledger', () => {
    const one = costOf('{ trialBalance { totals { currency } } }').cost;
    expect(one).toBe(1 + 5_000 + 1);
    const many = Array.from(
      { length: 20 },
      (_, i) => `a${i}: trialBalance { totals { currency } }`,
    );
    expect(costOf(`{ ${many.join(' ')} }`).cost).toBe(20 * one);
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
