import { commandConfig } from './config';

const settings = { KURRENTDB_URL: 'kurrentdb://127.0.0.1:2113?tls=false' };

describe('the settings of the command service', () => {
  it('let money count from any time in the past unless a bound is set', () => {
    expect(commandConfig.parse(settings).EFFECTIVE_DAYS_BACK_MAX).toBeUndefined();
    const bounded = commandConfig.parse({ ...settings, EFFECTIVE_DAYS_BACK_MAX: '30' });
    expect(bounded.EFFECTIVE_DAYS_BACK_MAX).toBe(30);
  });
});
