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
    if (this.skip > 0) {
      this.skip--;
      return undefined;
    }
    if (this.times <= 0) return undefined;
    this.times--;
    this.entered++;
    return faultOf(data);
  }
}

function faultOf(data: Doc): InjectedFault {
  const code = data.get('errorCode');
  const labels = data.get('errorLabels');
  const blockMs = data.get('blockTimeMS');
  const blocks = data.get('blockConnection') === true && blockMs !== undefined && isNumeric(blockMs);
  const concern = data.get('writeConcernError');
  return {
    closeConnection: data.get('closeConnection') === true,
    blockMs: blocks ? toDouble(blockMs) : 0,
    error:
      code !== undefined && isNumeric(code)
        ? new MongoError(toDouble(code), "Failing command via 'failCommand' failpoint")
        : undefined,
    errorLabels: Array.isArray(labels) ? labels.filter((one) => typeof one === 'string') : undefined,
    writeConcernError: isDoc(concern) ? concern : undefined,
  };
}

/** configureFailPoint: only `failCommand` exists. */
export const configureFailPoint: CommandHandler = ({ server, body }) => {
  const name = body.get('configureFailPoint');
  if (name !== 'failCommand') throw badValue(`the fail point '${String(name)}' is not known`);
  const data = body.get('data');
  const count = server.failPoint.configure(body.get('mode'), isDoc(data) ? data : undefined);
  return docOf({ count });
};
