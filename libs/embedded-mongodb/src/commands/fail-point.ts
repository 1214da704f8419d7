import { type Doc, docOf, isDoc, type Value } from '../bson/values';
import { badValue, MongoError } from '../errors';
import { isNumeric, toDouble } from '../numbers/compare-numbers';
import type { CommandHandler } from './command-context';

/** What a failing command does instead of its work. */
export interface InjectedFault {
  readonly closeConnection: boolean;
  readonly blockMs: number;
  readonly error: MongoError | undefined;
  readonly errorLabels: readonly string[] | undefined;
  readonly writeConcernError: Doc | undefined;
}

/** What a failing retryable write does: with an error nothing is written. */
export interface WriteFault {
  readonly closes: boolean;
  readonly error: MongoError | undefined;
}

/** Thrown where the connection must be closed without an answer. */
export class ConnectionDropped extends Error {
  override readonly name = 'ConnectionDropped';
}

const NEVER_FAILS = new Set(['configureFailPoint', 'isMaster', 'ismaster']);

/** MongoDB's `failCommand`: makes chosen commands fail, for tests of clients. */
export class FailPoint {
  private data: Doc | undefined;
  private times = 0;
  private skip = 0;
  private entered = 0;

  /** Switches it on or off; answers how often it struck before. */
  configure(mode: Value | undefined, data: Doc | undefined): number {
    const struck = this.entered;
    if (mode === 'off') {
      this.data = undefined;
      return struck;
    }
    const number = (name: string): number | undefined => {
      const value = isDoc(mode) ? mode.get(name) : undefined;
      return value !== undefined && isNumeric(value) ? toDouble(value) : undefined;
    };
    if (mode !== 'alwaysOn' && number('times') === undefined && number('skip') === undefined) {
      throw badValue("a fail point's mode is 'off', 'alwaysOn', { times: n } or { skip: n }");
    }
    this.times = number('times') ?? Infinity;
    this.skip = number('skip') ?? 0;
    this.data = data ?? new Map();
    return struck;
  }

  /** The fault for a command, if it is its turn. */
  strike(command: string, appName: string | undefined): InjectedFault | undefined {
    const { data } = this;
    if (!data || NEVER_FAILS.has(command)) return undefined;
    const commands = data.get('failCommands');
    if (!Array.isArray(commands) || !commands.includes(command)) return undefined;
    const onlyApp = data.get('appName');
    if (typeof onlyApp === 'string' && onlyApp !== appName) return undefined;
    return this.isTurn() ? faultOf(data) : undefined;
  }

  /** The fault of a retryable write: an error before its commit, or a lost answer behind it. */
  strikeWrite(): WriteFault | undefined {
    const { data } = this;
    if (!data || !this.isTurn()) return undefined;
    const code = data.get('failBeforeCommitExceptionCode');
    const closes = data.get('closeConnection') !== false;
    const before = code !== undefined && isNumeric(code);
    return { closes, error: before ? injected(toDouble(code)) : undefined };
  }

  private isTurn(): boolean {
    if (this.skip > 0) {
      this.skip--;
      return false;
    }
    if (this.times <= 0) return false;
    this.times--;
    this.entered++;
    return true;
  }
}

function injected(code: number): MongoError {
  return new MongoError(code, "Failing command via 'failCommand' failpoint");
}

function faultOf(data: Doc): InjectedFault {
  const code = data.get('errorCode');
  const labels = data.get('errorLabels');
  const blockMs = data.get('blockTimeMS');
  const blocks =
    data.get('blockConnection') === true && blockMs !== undefined && isNumeric(blockMs);
  const concern = data.get('writeConcernError');
  return {
    closeConnection: data.get('closeConnection') === true,
    blockMs: blocks ? toDouble(blockMs) : 0,
    error: code !== undefined && isNumeric(code) ? injected(toDouble(code)) : undefined,
    errorLabels: Array.isArray(labels)
      ? labels.filter((one) => typeof one === 'string')
      : undefined,
    writeConcernError: isDoc(concern) ? concern : undefined,
  };
}

/** configureFailPoint: `failCommand` and `onPrimaryTransactionalWrite` exist. */
export const configureFailPoint: CommandHandler = ({ server, body }) => {
  const name = body.get('configureFailPoint');
  const points = { failCommand: server.failPoint, onPrimaryTransactionalWrite: server.writeFault };
  const point = Object.hasOwn(points, String(name)) ? points[name as 'failCommand'] : undefined;
  if (!point) throw badValue(`the fail point '${String(name)}' is not known`);
  const data = body.get('data');
  const count = point.configure(body.get('mode'), isDoc(data) ? data : undefined);
  return docOf({ count });
};
