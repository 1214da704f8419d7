import {
  json,
  positionHeader,
  problemResponses,
  ref,
  referenceId,
  type DocumentedRoute,
} from '../docs/open-api';

/** `GET /v1/commands/{id}` as an operation of the document. */
export const receiptRoute: DocumentedRoute = {
  path: '/v1/commands/{id}',
  method: 'get',
  operation: {
    operationId: 'commandStatus',
    summary: 'The status of an asynchronous command, once or as it changes',
    parameters: [
      { name: 'id', in: 'path', required: true, schema: referenceId },
      {
        name: 'Accept',
        in: 'header',
        required: false,
        description: '`text/event-stream`: an event for each stage, until the last',
        schema: { type: 'string' },
      },
    ],
    responses: {
      '200': {
        description: 'Where it has got to',
        headers: positionHeader,
        content: {
          ...json(ref('Receipt')),
          'text/event-stream': { schema: { type: 'string' } },
        },
      },
      ...problemResponses([
        'InvalidRequest',
        'InvalidId',
        'NotFound',
        'Overloaded',
        'InternalError',
        'StreamUnreadable',
        'StoreUnavailable',
        'TooMuchContention',
      ]),
    },
  },
};
