import { Bystander } from './bystander.fixture';

/** A bystander in a process of its own, which answers `report` and `stop` with its report. */
function main(url: string): void {
  const bystander = new Bystander(url);
  process.on('message', (request: 'report' | 'stop') => void answer(bystander, request));
  process.once('disconnect', () => process.exit(1));
}

async function answer(bystander: Bystander, request: 'report' | 'stop'): Promise<void> {
  if (request === 'stop') await bystander.stop();
  process.send?.(bystander.report());
}

const [url] = process.argv.slice(2);
if (url === undefined) throw new Error('the connection string is missing');
main(url);
