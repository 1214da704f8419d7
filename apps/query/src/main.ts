import 'reflect-metadata';
import { runService } from '@daybook/platform';
import { join } from 'node:path';
import { startQuery } from './start-query';
import { queryConfig } from './config';

runService('query', queryConfig, (context) => startQuery(context, join(__dirname, 'graphiql')));
