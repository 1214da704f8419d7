import type { ApolloServerPlugin } from '@apollo/server';
import { type FragmentDefinitionNode, GraphQLError, Kind } from 'graphql';
import { codes } from '../answers/errors';
import { queryCost } from './query-cost';
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
      const variables = request.variables ?? {};
      const { depth, cost } = queryCost({ schema, operation, fragments, variables });
      const { depthMax, costMax } = queryLimits;
      if (depth > depthMax) throw tooComplex(`it nests deeper than ${depthMax}`);
      if (cost > costMax) throw tooComplex(`it asks for up to ${cost} values, not ${costMax}`);
    },
  }),
};

const tooComplex = (why: string) =>
  new GraphQLError(`the query is too complex: ${why}`, {
    extensions: { code: codes.tooComplex, http: { status: 400 } },
  });
