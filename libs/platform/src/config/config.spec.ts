import { z } from 'zod';
import { ConfigError, loadConfig, redactConfig } from './load-config';
import { countSetting, kurrentDbUrl, mongoDbUrl, serviceFields } from './service-fields';

const schema = z.object({
  ...serviceFields(3001),
  KURRENTDB_URL: kurrentDbUrl,
  MONGODB_URL: mongoDbUrl,
  WORKERS: countSetting(2, 1, 8),
});

it('has a default for everything', () => {
  expect(loadConfig(schema, {})).toEqual({
    PORT: 3001,
    HOST: '127.0.0.1',
    LOG_LEVEL: 'info',
    KURRENTDB_URL: 'kurrentdb://127.0.0.1:2113?tls=false',
    MONGODB_URL: 'mongodb://127.0.0.1:27017/daybook',
    WORKERS: 2,
  });
});

it('reads what is given, takes empty for absent, and leaves the rest of the environment alone', () => {
  const config = loadConfig(schema, {
    PORT: '0',
    HOST: '',
    CORS: 'http://a.test, https://b.test',
    PATH: '/bin',
  });
  expect(config).toMatchObject({ PORT: 0, HOST: '127.0.0.1' });
  expect(config.CORS).toEqual(['http://a.test', 'https://b.test']);
  expect(config).not.toHaveProperty('PATH');
});

it('lists every bad key at once', () => {
  const bad = { PORT: '70000', LOG_LEVEL: 'loud', KURRENTDB_URL: 'http://x', WORKERS: '1.5' };
  const load = () => loadConfig(schema, { ...bad, MONGODB_URL: 'mongodb://host' });
  expect(load).toThrow(ConfigError);
  try {
    load();
  } catch (error) {
    const keys = (error as ConfigError).settings.map(({ key }) => key);
    expect(keys.sort()).toEqual([
      ...['KURRENTDB_URL', 'LOG_LEVEL', 'MONGODB_URL', 'PORT', 'WORKERS'],
    ]);
  }
});

it('says of each what it must be', () => {
  const bad = { PORT: '70000', LOG_LEVEL: 'loud', WORKERS: 'many', CORS: 'http://a.test,b' };
  expect(() => loadConfig(schema, bad)).toThrow(
    'PORT: must be a whole number from 0 to 65535; ' +
      'LOG_LEVEL: must be one of fatal, error, warn, info, debug, trace, silent; ' +
      'CORS: must be * or origins such as https://app.example; ' +
      'WORKERS: must be a whole number from 1 to 8',
  );
});

it.each(['https://a.test/path', 'https://a.test/', 'https://A.test', 'a.test', 'ftp://a.test', ''])(
  'refuses the origin "%s", which no browser sends',
  (origin) => {
    const CORS = `http://localhost:5173,${origin}`;
    expect(() => loadConfig(schema, { CORS })).toThrow(
      'must be * or origins such as https://app.example',
    );
  },
);

it('shows no credentials', () => {
  const shown = redactConfig({
    KURRENTDB_URL: 'kurrentdb://admin:changeit@host:2113?tls=true',
    API_TOKEN: 'abc',
    PORT: 1,
  });
  expect(shown).toEqual({
    KURRENTDB_URL: 'kurrentdb://[redacted]@host:2113?tls=true',
    API_TOKEN: '[redacted]',
    PORT: 1,
  });
});
