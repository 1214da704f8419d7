import { REFERENCE_ID } from '@daybook/kernel';
import { problemTable, type ProblemCode } from '@daybook/platform';
import { z } from 'zod';
import { IDEMPOTENCY_KEY } from '../edge/identities';
import { sharedRefusals } from '../edge/shared-refusals';
import type { UseCase } from '../edge/use-case';
import { accountAnswer, problemAnswer, transactionAnswer } from './answer-schemas';

type Json = Readonly<Record<string, unknown>>;

/** One operation of the document, at its path and method. */
export interface DocumentedRoute {
  readonly path: string;
  readonly method: string;
  readonly operation: Json;
}

/** A Zod schema as JSON Schema: what may be sent, before defaults and transformations. */
export function jsonSchema(schema: z.ZodType): Json {
  const made: Record<string, unknown> = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
  });
  delete made['$schema'];
  return made;
}

export const ref = (name: string): Json => ({ $ref: `#/components/schemas/${name}` });
export const json = (schema: Json): Json => ({ 'application/json': { schema } });

const header = (description: string, schema: Json = { type: 'string' }): Json => ({
  description,
  schema,
});

export const positionHeader = {
  'Daybook-Position': header('At or after the last record of the command'),
};

export const replayedHeader = {
  'Idempotent-Replayed': header('`true` when this is the answer of the first time'),
};

const retryAfter = {
  'Retry-After': header('Seconds after which the same can be sent again safely', {
    type: 'integer',
  }),
};

/** The error answers of a route, one a status, each naming its codes. */
export function problemResponses(codes: readonly ProblemCode[]): Json {
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of new Set(codes)) {
    const { status } = problemTable[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, own]) => [
      String(status),
      {
        description: own.map((code) => `\`${code}\`: ${problemTable[code].title}`).join('; '),
        ...((status === 429 || status === 503) && { headers: retryAfter }),
        content: {
          'application/problem+json': {
            schema: {
              allOf: [ref('Problem'), { type: 'object', properties: { code: { enum: own } } }],
            },
          },
        },
      },
    ]),
  );
}

/** An id that refers to something, and a key, as JSON Schema. */
export const referenceId: Json = { type: 'string', pattern: REFERENCE_ID.source };
export const keyText: Json = { type: 'string', pattern: IDEMPOTENCY_KEY.source };

export const idempotencyKey: Json = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'Names the command: a repeat is answered, not done again',
  schema: keyText,
};

const preferAsync: Json = {
  name: 'Prefer',
  in: 'header',
  required: false,
  description: '`respond-async`: answer 202 as soon as the command is durable',
  schema: { type: 'string' },
};

const dryRun: Json = {
  name: 'dryRun',
  in: 'query',
  required: false,
  description: 'Answer what would happen and write nothing',
  schema: { type: 'string', enum: ['true', 'false'] },
};

/** A use case as an operation of the document. */
export function documentUseCase(useCase: UseCase): DocumentedRoute {
  const answer = json(ref(useCase.answers === 'account' ? 'Account' : 'Transaction'));
  const subject: Json = { ...subjectParameter, description: `The id of the ${useCase.subject}` };
  const operation = {
    operationId: useCase.operation,
    summary: useCase.summary,
    parameters: [
      ...(useCase.subject === 'none' ? [] : [subject]),
      dryRun,
      idempotencyKey,
      preferAsync,
    ],
    requestBody: { required: !useCase.bodyOptional, content: json(jsonSchema(useCase.body)) },
    responses: {
      '200': {
        description: 'It was so already, is repeated, or is a dry run: nothing was written',
        headers: { ...positionHeader, ...replayedHeader },
        content: answer,
      },
      '201': { description: 'Done and durable', headers: positionHeader, content: answer },
      '202': {
        description: 'Durable; it will be decided once (`Prefer: respond-async`)',
        headers: { Location: header('Where its status is'), ...positionHeader },
        content: json(ref('Receipt')),
      },
      ...problemResponses([...sharedRefusals, ...useCase.refusals]),
    },
  };
  return { path: useCase.path, method: useCase.method.toLowerCase(), operation };
}

const subjectParameter: Json = {
  name: 'id',
  in: 'path',
  required: true,
  schema: referenceId,
};

/** The whole document, OpenAPI 3.1, from the schemas that the routes themselves parse with. */
export function openApiDocument(
  routes: readonly DocumentedRoute[],
  schemas: Readonly<Record<string, z.ZodType>>,
): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const { path, method, operation } of routes) {
    paths[path] = { ...paths[path], [method]: operation };
  }
  const all = {
    Transaction: transactionAnswer,
    Account: accountAnswer,
    Problem: problemAnswer,
    ...schemas,
  };
  return {
    openapi: '3.1.0',
    info: {
      title: 'Daybook command service',
      version: '1',
      description: 'Commands of the ledger. Errors are problems (RFC 9457) with stable codes.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths,
    components: {
      schemas: Object.fromEntries(
        Object.entries(all).map(([name, schema]) => [name, jsonSchema(schema)]),
      ),
    },
  };
}
