// npm run bench -- instances: two command services on one store, beside one alone.
import { figure, median, table, whole } from './cost.mjs';
import { load } from './http-load.mjs';
import { startLedger } from './processes.mjs';
import { fund, transfer } from './workload.mjs';

const CONNECTIONS = 64;
const durationMs = Number(process.env.BENCH_MS ?? 5_000);
const ROUNDS = 3;
/** Until V8 has compiled what is hot, and both services have the accounts in memory. */
const WARM_UP_ROUNDS = 2;

const ledger = await startLedger({ readSide: false });
try {
  await fund(ledger.urls.command);
  const urls = [ledger.urls.command, await ledger.anotherCommand()];
  const loads = [
    ['all accounts, one service', urls.slice(0, 1), undefined],
    ['all accounts, two services', urls, undefined],
    ['one hot account, one service', urls.slice(0, 1), 0],
    ['one hot account, two services', urls, 0],
  ];
  const results = loads.map(() => []);
  for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round += 1) {
    for (const [index, [, services, to]] of loads.entries()) {
      const result = await together(services, to);
      if (round >= WARM_UP_ROUNDS) results[index].push(result);
    }
  }
  table(
    ['transfers', 'of each, /s', 'all, /s', 'p99 of each, ms', 'refused 503'],
    loads.map(([name], index) => {
      const of = (value) => median(results[index].map(value));
      const services = results[index][0].map((_, at) => at);
      return [
        name,
        services.map((at) => whole(of((each) => each[at].perSecond))).join(', '),
        whole(of((each) => each.reduce((sum, { perSecond }) => sum + perSecond, 0))),
        services
          .map((at) =>
            figure(
              of((each) => each[at].p99),
              0,
            ),
          )
          .join(', '),
        whole(results[index].flat().reduce((sum, { statuses }) => sum + (statuses[503] ?? 0), 0)),
      ];
    }),
  );
} finally {
  await ledger.stop();
}

/** The same number of connections in all, spread over the services. */
function together(services, to) {
  const next = () => ({ path: '/v1/transfers', body: JSON.stringify(transfer(to)) });
  const connections = CONNECTIONS / services.length;
  return Promise.all(services.map((url) => load({ url, connections, durationMs, next })));
}
