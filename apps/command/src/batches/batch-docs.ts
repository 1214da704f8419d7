import type { ProblemCode } from '@daybook/platform';
import {
  idempotencyKey,
  json,
  jsonSchema,
  keyText,
  positionHeader,
  problemResponses,
  ref,
  referenceId,
  replayedHeader,
  type DocumentedRoute,
} from '../docs/open-api';
import { sharedRefusals } from '../edge/shared-refusals';
import { useCases } from '../use-cases';
import { batchBody, NDJSON } from './batch-routes';

type Schema = Readonly<Record<string, unknown>> & {
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly required?: readonly string[];
};

/** Every command as a batch's item: the body of its own route, its type and what its path has. */
const items = useCases.map(({ operation, subject, body }) => {
  const schema: Schema = jsonSchema(body);
  return {
    ...schema,
    title: operation,
    properties: {
      type: { const: operation },
      ...(subject !== 'none' && { id: referenceId }),
      ...(subject === 'account' && { accountId: referenceId }),
      idempotencyKey: keyText,
      ...schema.properties,
    },
    required: ['type', ...(subject === 'transaction' ? ['id'] : []), ...(schema.required ?? [])],
    ...(subject === 'account' && { oneOf: [{ required: ['id'] }, { required: ['accountId'] }] }),
  };
});

const result = {
  type: 'object',
  properties: {
    status: { type: 'integer' },
    body: { anyOf: [ref('Transaction'), ref('Account'), ref('Problem')] },
  },
  required: ['status', 'body'],
  additionalProperties: false,
};

const command = { oneOf: items };
const batch: Schema = jsonSchema(batchBody);
const commands = { ...(batch.properties?.['commands'] as object), items: command };

/** How a batch as a whole can be refused: all else is the answer to one of its commands. */
const refusals: readonly ProblemCode[] = [
  ...sharedRefusals.filter((code) => code !== 'IdempotencyKeyReused'),
  'InvalidAmount',
  'UnknownCurrency',
];

/** `POST /v1/batches` as an operation of the document. */
export const batchRoute: DocumentedRoute = {
  path: '/v1/batches',
  method: 'post',
  operation: {
    operationId: 'batch',
    summary: 'Many commands, each on its own or all or none',
    description:
      `As JSON, or as \`${NDJSON}\`: a command a line, a result a line, in order. ` +
      'Of an atomic batch with a refused command nothing is applied: every result is that refusal.',
    parameters: [idempotencyKey],
    requestBody: {
      required: true,
      content: {
        ...json({ ...batch, properties: { ...batch.properties, commands } }),
        [NDJSON]: { schema: command },
      },
    },
    responses: {
      '200': {
        description:
          'What each command was answered with, in order. The headers are those of a JSON batch: ' +
          'of a stream they leave before the first command is decided',
        headers: { ...positionHeader, ...replayedHeader },
        content: {
          ...json({
            type: 'object',
            properties: { results: { type: 'array', items: result } },
            required: ['results'],
            additionalProperties: false,
          }),
          [NDJSON]: { schema: result },
        },
      },
      ...problemResponses(refusals),
    },
  },
};
