import 'reflect-metadata';
import { runService } from '@daybook/platform';
import { join } from 'node:path';
import { startQuery } from './query-service';
import { querySettings } from './settings';

runService('query', querySettings, (context) => startQuery(context, join(__dirname, 'graphiql')));
