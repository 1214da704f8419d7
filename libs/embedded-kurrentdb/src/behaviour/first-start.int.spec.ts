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
