import type { Logger } from '@daybook/platform';
import type { LiveLedger } from '@daybook/read-store-mongo';
import { type DynamicModule, Module } from '@nestjs/common';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { GraphQLModule } from '@nestjs/graphql';
import type { FastifyRequest } from 'fastify';
import { AccountsResolver } from './accounts/accounts.resolver';
import { badValuesPlugin } from './answers/bad-values-plugin';
import { formatError } from './answers/format-error';
import { MIN_POSITION_HEADER, RequestMoments } from './answers/request-moments';
import { limitsPlugin } from './limits/limits-plugin';
import { queryLimits } from './limits/query-limits';
import { DateTimeScalar } from './schema/date-time.scalar';
import { JsonScalar } from './schema/json.scalar';
import { typeDefs } from './schema/schema';
import { TransactionsResolver } from './transactions/transactions.resolver';
import { TrialBalanceResolver } from './trial-balance/trial-balance.resolver';

/** What the module needs from outside. */
export interface QueryModuleOptions {
  readonly live: LiveLedger;
  readonly waitMs: number;
  readonly logger: Logger;
}

/** GraphQL over the views. Root fields are Nest resolvers; what lies below answers for itself. */
@Module({})
export class QueryModule {
  static of(options: QueryModuleOptions): DynamicModule {
    return {
      module: QueryModule,
      imports: [GraphQLModule.forRoot<ApolloDriverConfig>(apolloOptions(options))],
      providers: [
        AccountsResolver,
        TransactionsResolver,
        TrialBalanceResolver,
        DateTimeScalar,
        JsonScalar,
      ],
    };
  }
}

function apolloOptions({ live, waitMs, logger }: QueryModuleOptions): ApolloDriverConfig {
  return {
    driver: ApolloDriver,
    path: '/graphql',
    typeDefs,
    // The page that a browser gets is served from local files, beside this module.
    playground: false,
    introspection: true,
    includeStacktraceInErrorResponses: false,
    parseOptions: { maxTokens: queryLimits.tokensMax },
    plugins: [limitsPlugin, badValuesPlugin],
    context: ({ headers }: FastifyRequest) => {
      const least = headers[MIN_POSITION_HEADER];
      const header = Array.isArray(least) ? least[0] : least;
      return { moments: new RequestMoments(live, waitMs, header) };
    },
    formatError: (formatted, error) =>
      formatError(formatted, error, (original) => logger.error({ err: original }, 'no answer')),
  };
}
