import type { ApolloServerPlugin } from '@apollo/server';
import {
  type GraphQLFormattedError,
  specifiedRules,
  validate,
  ValuesOfCorrectTypeRule,
} from 'graphql';
import { codes } from './errors';

const otherRules = specifiedRules.filter((rule) => rule !== ValuesOfCorrectTypeRule);

/**
 * A wrong value gets one code, whether it stands in the document or in a variable: a document that
 * is valid but for its values is bad input, not an invalid query.
 */
export const badValuesPlugin: ApolloServerPlugin = {
  requestDidStart: async () => ({
    willSendResponse: async ({ schema, document, response }) => {
      if (response.body.kind !== 'single' || !document) return;
      const { errors } = response.body.singleResult;
      if (!errors?.some(isValidationFailure) || validate(schema, document, otherRules).length > 0) {
        return;
      }
      response.body.singleResult.errors = errors.map((error) =>
        isValidationFailure(error)
          ? { ...error, extensions: { ...error.extensions, code: codes.badInput } }
          : error,
      );
    },
  }),
};

const isValidationFailure = ({ extensions }: GraphQLFormattedError) =>
  extensions?.['code'] === 'GRAPHQL_VALIDATION_FAILED';
