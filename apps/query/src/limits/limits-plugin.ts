import type { ApolloServerPlugin } from '@apollo/server';
import {
  type FragmentDefinitionNode,
  getVariableValues,
  GraphQLError,
  Kind,
  OperationTypeNode,
} from 'graphql';
import { codes } from '../answers/errors';
import { queryCost, type Operation } from './query-cost';
import { queryLimits } from './query-limits';

/** Refuses operations that nest too deeply or ask for too much, before anything is read. */
export const limitsPlugin: ApolloServerPlugin = {
  requestDidStart: async () => ({
    didResolveOperation: async ({ schema, document, operation, request }) => {
      const fragments = new Map(
        document.definitions
          .filter((node): node is FragmentDefinitionNode => node.kind === Kind.FRAGMENT_DEFINITION)
          .map((fragment) => [fragment.name.value, fragment]),
      );
      if (!operation) return;
      if (operation.operation !== OperationTypeNode.QUERY) {
        throw refused(codes.badInput, 'there are only queries');
      }
      const given = request.variables ?? {};
      const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], given);
      // Wrong variables are refused with a better answer when the operation begins.
      if (!coerced) return;
      const { depth, cost } = costOf({ schema, operation, fragments, variables: coerced });
      const { depthMax, costMax } = queryLimits;
      if (depth > depthMax) throw tooComplex(`it nests deeper than ${depthMax}`);
      if (cost > costMax) throw tooComplex(`it asks for up to ${cost} values, not ${costMax}`);
    },
  }),
};

/** An argument can still be wrong: null in a variable that has a default. */
function costOf(operation: Operation) {
  try {
    return queryCost(operation);
  } catch (error) {
    throw error instanceof GraphQLError ? refused(codes.badInput, error.message) : error;
  }
}

const tooComplex = (why: string) => refused(codes.tooComplex, `the query is too complex: ${why}`);

const refused = (code: string, message: string) =>
  new GraphQLError(message, { extensions: { code, http: { status: 400 } } });
