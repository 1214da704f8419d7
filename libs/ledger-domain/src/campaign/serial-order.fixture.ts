import type { StoredRecord } from '@daybook/event-store';
import { decodeEvent, ledgerPrefixes } from '@daybook/ledger-contracts';
import type { LedgerRecord } from '../operation';
import { groupSums } from './compare.fixture';
import { ModelLedger, type Expected } from './model-ledger.fixture';
import type { Call, RacingServices } from './races.fixture';

/** The records of one command, in the log. */
interface Group {
  readonly call: number;
  readonly last: bigint;
  readonly records: readonly StoredRecord[];
}

/** Splits the log into groups; throws where they interleave, or a call wrote twice. */
function groupsOf(log: readonly StoredRecord[]): readonly Group[] {
  const groups: Group[] = [];
  const seen = new Set<number>();
  let records: StoredRecord[] = [];
  for (const record of log) {
    records.push(record);
    const { last, $correlationId } = record.metadata;
    if (records.some((each) => each.metadata.$correlationId !== $correlationId)) {
      throw new Error(`groups interleave at ${record.position}`);
    }
    if (last !== 'true') continue;
    const call = Number($correlationId);
    if (seen.has(call)) throw new Error(`call ${call} was applied twice`);
    seen.add(call);
    groups.push({ call, last: record.position, records });
    records = [];
  }
  if (records.length > 0) throw new Error('the log ends within a group');
  return groups;
}

function checkSums({ call, records }: Group): void {
  const events = records.map((record) => ({ ...decodeEvent(record), stream: record.stream }));
  for (const [currency, sum] of groupSums(events as readonly LedgerRecord[])) {
    if (sum !== 0n) throw new Error(`call ${call}: ${currency} sums to ${sum}`);
  }
}

const text = (expected: readonly Expected[]): string => {
  const refused = expected.find(({ outcome }) => outcome === 'refused');
  return JSON.stringify(refused ? [refused] : expected);
};

/**
 * Whether the log's order explains every answer: what was written is what the model does at its
 * place in the log; every other answer is what the model says at some place between what was
 * acknowledged before the call and what was in the log when it was answered. Throws where not.
 */
export async function checkSerialOrder(services: RacingServices): Promise<void> {
  const log = await services.memory.readAfter('start', 1_000_000, ledgerPrefixes);
  const groups = groupsOf(log);
  const { calls } = services;
  const written = new Set(groups.map(({ call }) => call));
  const open = new Set<number>();
  for (const [index, { answer }] of calls.entries()) {
    if (written.has(index)) {
      if (answer === 'none') throw new Error(`call ${index} was said to have no effect`);
    } else if (typeof answer === 'object') {
      open.add(index);
    }
  }
  const model = new ModelLedger();
  explain(calls, open, model, -1n, groups[0]?.last);
  for (const [place, group] of groups.entries()) {
    checkSums(group);
    const call = calls[group.call] as Call;
    if (group.last <= call.after) throw new Error(`call ${group.call} wrote before it began`);
    const expected = text(model.runAll(call.commands));
    if (expected.includes('"refused"') || !expected.includes('"accepted"')) {
      throw new Error(`call ${group.call} was written, the model says ${expected}`);
    }
    if (typeof call.answer === 'object' && text(call.answer) !== expected) {
      throw new Error(`call ${group.call}: ${text(call.answer)} is not ${expected}`);
    }
    explain(calls, open, model, group.last, groups[place + 1]?.last);
  }
  for (const index of open) {
    const { answer, commands } = calls[index] as Call;
    const types = commands.map(({ type }) => type).join();
    throw new Error(`no moment explains call ${index}, ${types}: ${text(answer as Expected[])}`);
  }
}

/** Takes from `open` what this moment explains: the log ended at `here`, before `next`. */
function explain(
  calls: readonly Call[],
  open: Set<number>,
  model: ModelLedger,
  here: bigint,
  next: bigint | undefined,
): void {
  // Whatever is not accepted leaves no trace, so that one copy serves until something is.
  let tried: ModelLedger | undefined;
  for (const index of open) {
    const { commands, answer, after, before } = calls[index] as Call;
    const tooEarly = next !== undefined && next <= after;
    if (tooEarly || here > before || typeof answer !== 'object') continue;
    tried ??= model.clone();
    const expected = tried.runAll(commands);
    const refused = expected.at(-1)?.outcome === 'refused';
    if (!refused && expected.some(({ outcome }) => outcome === 'accepted')) tried = undefined;
    else if (text(expected) === text(answer)) open.delete(index);
  }
}
