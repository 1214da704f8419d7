import type { GrpcError } from '../grpc/status';
import { GrpcCode } from '../grpc/status';
import { AccessControl, type AccessLists } from './access-control';
import { BasicAuthentication, everyone } from './authentication';
import { Users, defaultUsers } from './users';

const basic = (text: string) => ({
  authorization: `Basic ${Buffer.from(text).toString('base64')}`,
});
const codeOf = (act: () => unknown) => {
  try {
    act();
  } catch (error) {
    return (error as GrpcError).code;
  }
  return GrpcCode.Ok;
};
const streams = '/event_store.client.streams.Streams/Read';

describe('credentials', () => {
  const authentication = new BasicAuthentication(new Users(defaultUsers));

  test('a known user with its password is let in', () => {
    expect(authentication.callerOf(basic('admin:changeit'))?.name).toBe('admin');
    expect(codeOf(() => authentication.authorise(basic('ops:changeit'), streams))).toBe(0);
  });

  test.each([
    ['a wrong password', 'admin:wrong'],
    ['an unknown user', 'AzureDiamond:hunter2'],
    ['no colon', 'admin'],
    ['an empty name', ':changeit'],
  ])('%s is refused as unauthenticated', (_what, text) => {
    const refused = codeOf(() => authentication.authorise(basic(text), streams));
    expect(refused).toBe(GrpcCode.Unauthenticated);
  });

  test.each(['Bearer x', 'Basic', 'Basic ***', `Basic ${'A'.repeat(9_000)}`])(
    'the header "%.20s" is refused as unauthenticated',
    (authorization) => {
      const refused = codeOf(() => authentication.authorise({ authorization }, streams));
      expect(refused).toBe(GrpcCode.Unauthenticated);
    },
  );

  test('nobody may ask what a client needs to connect, and nothing else', () => {
    const features = '/event_store.client.server_features.ServerFeatures/GetSupportedMethods';
    expect(codeOf(() => authentication.authorise({}, features))).toBe(GrpcCode.Ok);
    expect(codeOf(() => authentication.authorise({}, streams))).toBe(GrpcCode.PermissionDenied);
  });

  test('a password may hold colons', () => {
    const users = new Users([{ name: 'a', password: 'b:c' }]);
    expect(new BasicAuthentication(users).callerOf(basic('a:b:c'))?.name).toBe('a');
  });

  test('switched off, anything is accepted', () => {
    expect(everyone.callerOf(basic('who:ever'))?.name).toBe('system');
    expect(codeOf(() => everyone.authorise({ authorization: 'Bearer x' }, streams))).toBe(0);
  });
});

describe('access lists', () => {
  const caller = (name: string, ...roles: string[]) => ({ name, roles: new Set([name, ...roles]) });
  const control = (acls: Record<string, unknown>, settings?: unknown) => {
    const lists: AccessLists = { ofStream: (stream) => acls[stream], settings: () => settings };
    return new AccessControl(lists);
  };
  const allowed = (act: () => void) => codeOf(act) === GrpcCode.Ok;

  test('streams of users are open, those of the system are the administrators’', () => {
    const access = control({});
    expect(allowed(() => access.check(caller('ann'), 'write', 's'))).toBe(true);
    expect(allowed(() => access.check(undefined, 'read', 's'))).toBe(true);
    expect(allowed(() => access.check(caller('ann'), 'read', '$s'))).toBe(false);
    expect(allowed(() => access.check(caller('ann', '$admins'), 'read', '$s'))).toBe(true);
  });

  test('a list names users and roles, for each access by itself', () => {
    const access = control({ s: { $r: ['ann', 'readers'], $w: 'bob' } });
    expect(allowed(() => access.check(caller('ann'), 'read', 's'))).toBe(true);
    expect(allowed(() => access.check(caller('eve', 'readers'), 'read', 's'))).toBe(true);
    expect(allowed(() => access.check(caller('ann'), 'write', 's'))).toBe(false);
    expect(allowed(() => access.check(caller('bob'), 'write', 's'))).toBe(true);
    expect(allowed(() => access.check(caller('ann'), 'delete', 's'))).toBe(true);
    expect(allowed(() => access.check(undefined, 'read', 's'))).toBe(false);
  });

  test('a metadata stream is guarded by its stream’s metadata accesses', () => {
    const access = control({ s: { $mr: ['ann'], $mw: ['bob'] } });
    expect(allowed(() => access.check(caller('ann'), 'read', '$$s'))).toBe(true);
    expect(allowed(() => access.check(caller('ann'), 'write', '$$s'))).toBe(false);
    expect(allowed(() => access.check(caller('bob'), 'write', '$$s'))).toBe(true);
  });

  test('the settings stream changes the defaults', () => {
    const access = control({}, { $userStreamAcl: { $w: ['writers'] }, $systemStreamAcl: {} });
    expect(allowed(() => access.check(caller('ann'), 'write', 's'))).toBe(false);
    expect(allowed(() => access.check(caller('ann'), 'read', 's'))).toBe(true);
    expect(allowed(() => access.check(caller('ann'), 'read', '$s'))).toBe(false);
  });

  test('managing is for administrators and operators', () => {
    const access = control({});
    expect(allowed(() => access.checkManagement(caller('o', '$ops')))).toBe(true);
    expect(allowed(() => access.checkManagement(caller('ann')))).toBe(false);
    expect(allowed(() => access.checkManagement(undefined))).toBe(false);
  });
});
