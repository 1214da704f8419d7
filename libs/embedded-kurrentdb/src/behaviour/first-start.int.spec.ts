import { RunningServer, numbered } from './running-server.fixture';

const running = new RunningServer();
afterAll(() => running.end());

async function typesInLog(): Promise<(string | undefined)[]> {
  const types: (string | undefined)[] = [];
  for await (const { event } of running.client.readAll()) types.push(event?.type);
  return types;
}

test('a new store begins with its epoch, and only a new one', async () => {
  await running.start();
  expect(await typesInLog()).toEqual(['$EpochInformation']);
  const { position } = await running.client.appendToStream('s', numbered(1));
  expect(position?.commit).toBe(2_083n);
  await running.stop();
  await running.start();
  expect(await typesInLog()).toEqual(['$EpochInformation', 'type-1']);
});

test('system projections can be enabled only where link streams stand in for them', async () => {
  const refusal = { message: expect.stringContaining('--link-streams') as string };
  await expect(running.client.enableProjection('$by_category')).rejects.toMatchObject(refusal);
  await running.stop();
  await running.start({ linkStreams: true });
  await expect(running.client.enableProjection('$by_category')).resolves.toBeUndefined();
  await expect(running.client.enableProjection('own')).rejects.toThrow('UNIMPLEMENTED');
  await expect(running.client.disableProjection('$by_category')).rejects.toThrow('UNIMPLEMENTED');
});
