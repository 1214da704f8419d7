import type { StandaloneConfig } from './config';
import { peers } from './parts';

/** What `npm start` says when everything answers: where it is, what to try, where the data is. */
export function welcome(config: StandaloneConfig): string {
  const { COMMAND_URL, QUERY_URL, PROJECTOR_URL } = peers(config);
  return `
Daybook is ready.

  Commands (REST)     ${COMMAND_URL}      OpenAPI: ${COMMAND_URL}/docs
  Queries (GraphQL)   ${QUERY_URL}/graphql      GraphiQL in a browser
  Projector           ${PROJECTOR_URL}/position

Try:
  curl -s ${COMMAND_URL}/v1/accounts -H 'content-type: application/json' \\
    -d '{"accountId":"alice","currency":"EUR","name":"Alice"}'
  curl -s ${COMMAND_URL}/v1/accounts/alice/deposits -H 'content-type: application/json' \\
    -d '{"amount":"10.00","currency":"EUR"}'
and a moment later:
  curl -s ${QUERY_URL}/graphql -H 'content-type: application/json' \\
    -d '{"query":"{ account(id: \\"alice\\") { balance { amount currency } } }"}'

Ctrl-C stops everything; the data stays in ${dataPlaces(config)}.
`;
}

/** A store whose URL is set keeps its data itself; the URL may hold a password and is not shown. */
function dataPlaces({ DAYBOOK_DIR, KURRENTDB_URL, MONGODB_URL }: StandaloneConfig): string {
  const others = [KURRENTDB_URL && 'KURRENTDB_URL', MONGODB_URL && 'MONGODB_URL'].filter(Boolean);
  const own = others.length < 2 ? [DAYBOOK_DIR] : [];
  const named =
    others.length > 0
      ? [`the ${others.length > 1 ? 'stores' : 'store'} of ${others.join(' and ')}`]
      : [];
  return [...own, ...named].join(' and ');
}
