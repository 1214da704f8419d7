import type { StoredRecord } from '../../event-store';
import { StoreUnavailable } from '../command-errors';
import { type Invocation, PURSES, type Run } from './campaign.fixture';
import { dryRun, move, purseModel, type PurseState } from './purses.fixture';
import { logOf, runnerOn } from './running.fixture';

/** A purse's totals in the order of its stream, each with the logical time it was committed. */
type History = readonly { readonly total: number; readonly at: number }[];

/** Every breach of the laws in a run, in words. An independent reading of the log is the judge. */
export async function breachesOf(run: Run): Promise<string[]> {
  const log = await logOf(run.memory);
  const breaches: string[] = [];
  const breach = (text: string): void => void breaches.push(text);
  const histories = foldLog(log, breach);
  const moves = new Map<string, StoredRecord>();
  for (const record of log) {
    if (!record.stream.startsWith('move-')) continue;
    if (moves.has(record.stream)) breach(`${record.stream} happened twice`);
    moves.set(record.stream, record);
  }
  for (const invocation of run.invocations) {
    judge(invocation, run.invocations, histories, moves, breach);
  }
  await replayEqualsLive(run, breach);
  await snapshotsEqualReplay(run, breach);
  return breaches;
}

/** Groups are whole, totals add up and never go below zero. */
function foldLog(
  log: readonly StoredRecord[],
  breach: (text: string) => void,
): ReadonlyMap<string, History> {
  const histories = new Map<string, { total: number; at: number }[]>();
  let expected = 0;
  for (const { stream, type, data, metadata, created } of log) {
    const { total = 0, by = 0 } = data as { total?: number; by?: number };
    if (type === 'Moved' && metadata['last'] !== 'true') breach(`${stream} does not close a group`);
    if (type === 'Changed' && metadata['last'] === 'true') breach(`${stream} closes a group`);
    if (type === 'Moved') continue;
    const history = histories.get(stream) ?? [];
    histories.set(stream, history);
    const before = history.at(-1)?.total ?? 0;
    if (type === 'Changed' && before + by !== total) breach(`${stream}: ${before}+${by}≠${total}`);
    if (total < 0) breach(`${stream} is below zero`);
    expected += type === 'Opened' ? total : by;
    history.push({ total, at: created.getTime() });
  }
  const sum = [...histories.values()].reduce((all, each) => all + (each.at(-1)?.total ?? 0), 0);
  if (sum !== expected) breach(`the purses hold ${sum}, their changes add up to ${expected}`);
  return histories;
}

function judge(
  invocation: Invocation,
  all: readonly Invocation[],
  histories: ReadonlyMap<string, History>,
  moves: ReadonlyMap<string, StoredRecord>,
  breach: (text: string) => void,
): void {
  const { kind, id, from, to, amount, outcome, error, sentAt, answeredAt } = invocation;
  const name = `${kind} ${id} ${from}>${to}:${amount}`;
  const recorded = kind === 'move' ? moves.get(`move-${id}`) : undefined;
  if (outcome === undefined) {
    const certain = !(error instanceof StoreUnavailable && error.outcome === 'unknown');
    const others = all.some((each) => each !== invocation && each.id === id && each.kind === kind);
    if (kind === 'move' && recorded && certain && !others) breach(`${name} failed but happened`);
    return;
  }
  const { answer } = outcome;
  const content = (recorded?.data as { content?: string })?.content;
  const history = (side: string): History => histories.get(`purse-${side}`) ?? [];
  const wasTrue = (test: (total: number | undefined) => boolean, side: string): boolean =>
    held(history(side), sentAt, answeredAt, test);
  if (answer.status === 'moved') {
    if (content !== `${from}>${to}:${amount}`) breach(`${name} acknowledged, not in the log`);
    else if ((recorded?.data as { left: number }).left !== answer.left) breach(`${name}: left`);
  }
  if (answer.status === 'reused' && (!content || content === `${from}>${to}:${amount}`)) {
    breach(`${name} refused as reused`);
  }
  if (answer.status === 'insufficient' || answer.status === 'no-purse') {
    const before = recorded !== undefined && recorded.created.getTime() < sentAt;
    if (before) breach(`${name} refused though its id was taken`);
  }
  if (answer.status === 'insufficient') {
    const { total } = answer;
    if (total >= amount) breach(`${name} refused with ${total}`);
    if (!wasTrue((each) => each === total, from)) breach(`${name}: ${total} was not current`);
  }
  const missing = (side: string): boolean => side !== '@' && wasTrue((t) => t === undefined, side);
  if (answer.status === 'no-purse' && !missing(from) && !missing(to)) breach(`${name}: purse was`);
  if (answer.status === 'exists' && !wasTrue((total) => total !== undefined, from)) {
    breach(`${name}: did not exist`);
  }
}

/** Whether a total passed the test at some time between sending and answering. */
function held(
  history: History,
  sentAt: number,
  answeredAt: number,
  test: (total: number | undefined) => boolean,
): boolean {
  const states = [{ total: undefined, at: 0 }, ...history];
  return states.some(({ total, at }, index) => {
    const until = states[index + 1]?.at ?? Number.POSITIVE_INFINITY;
    return at <= answeredAt && until >= sentAt && test(total);
  });
}

/** What the runners have in memory is what a fresh one reads. */
async function replayEqualsLive(run: Run, breach: (text: string) => void): Promise<void> {
  const fresh = runnerOn(run.memory);
  for (const purse of PURSES) {
    const probe = dryRun(move('probe', purse, '@', 0));
    const replayed = JSON.stringify((await fresh.run(probe)).answer);
    for (const runner of run.runners) {
      const live = JSON.stringify((await runner.run(probe)).answer);
      if (live !== replayed) breach(`${purse} is ${live} in memory, ${replayed} in the log`);
    }
  }
}

/** From any snapshot, the tail leads to what the whole stream leads to, at every prefix. */
async function snapshotsEqualReplay(run: Run, breach: (text: string) => void): Promise<void> {
  for (const purse of PURSES) {
    const records = await run.memory.readStream(`purse-${purse}`, 0, 1_000);
    const states: (PurseState | undefined)[] = [];
    for (const record of records) {
      states.push(purseModel.evolve(states.at(-1), purseModel.decode(record)));
    }
    for (const { data } of await run.memory.readStream(`snapshot-purse-${purse}`, 0, 1_000)) {
      const { revision, recordId, state } = data as Record<string, unknown>;
      const at = revision as number;
      if (records[at]?.id !== recordId) breach(`snapshot of ${purse} at ${at} is of nothing`);
      let resumed = state as PurseState;
      for (let next = at; next < records.length; next += 1) {
        if (next > at) {
          resumed = purseModel.evolve(resumed, purseModel.decode(records[next] as StoredRecord));
        }
        if (JSON.stringify(resumed) !== JSON.stringify(states[next])) {
          breach(`snapshot of ${purse} at ${at} leads astray at ${next}`);
        }
      }
    }
  }
}
