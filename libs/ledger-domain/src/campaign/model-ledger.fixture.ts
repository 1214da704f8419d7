import { isExternal, MAX_AMOUNT, MAX_BALANCE, parseDecimal } from '@daybook/kernel';
import type {
  Capture,
  ChangeAccount,
  LedgerCommand,
  OpenAccount,
  Posting,
  SettlementCommand,
  Transact,
} from '../commands';

/*
 * A second, simple ledger to compare the real one with, larger than a usual file because it must
 * be read as one thing. It shares no rule with the deciders: it keeps lists of what happened and
 * sums them up anew for every question, where the deciders carry balances from event to event.
 */

export type Expected =
  | { readonly outcome: 'refused'; readonly code: string; readonly posting?: number }
  | { readonly outcome: 'accepted' | 'unchanged' | 'replayed'; readonly answer: object };

interface Account {
  readonly id: string;
  readonly currency: string;
  readonly digits: number;
  readonly openedBy: string;
  readonly openAnswer: object;
  overdraft: bigint | null;
  limits: Record<'perTransaction' | 'perDay' | 'minimumBalance', bigint | null>;
  status: 'open' | 'frozen' | 'closed';
  scope: 'all' | 'debits' | undefined;
  clock: string;
}

interface Transaction {
  readonly id: string;
  readonly postings: readonly Posting[];
  state: 'posted' | 'pending' | 'captured' | 'voided' | 'expired' | 'reversed';
  left: bigint[];
  readonly expiresAt: string | undefined;
  clock: string;
}

interface Spending {
  readonly account: string;
  readonly amount: bigint;
  readonly day: string;
}

/** Thrown by the million, so it is no `Error`: it needs no stack. */
class No {
  constructor(
    readonly code: string,
    readonly posting?: number,
  ) {}
}

const text = (amount: bigint | null): string | null => (amount === null ? null : `${amount}`);

export class ModelLedger {
  private accounts = new Map<string, Account>();
  private transactions = new Map<string, Transaction>();
  private moves: Posting[] = [];
  private spending: Spending[] = [];
  private answers = new Map<string, { by: string; answer: object }>();

  /** What the ledger must answer; takes the effect over when it is accepted. */
  run(command: LedgerCommand): Expected {
    const [moves, spending] = [this.moves.length, this.spending.length];
    try {
      return 'transactionId' in command ? this.money(command) : this.account(command);
    } catch (no) {
      if (!(no instanceof No)) throw no;
      this.moves.length = moves;
      this.spending.length = spending;
      const { code, posting } = no;
      return { outcome: 'refused', code, ...(posting !== undefined && { posting }) };
    }
  }

  /** All of the commands or none. */
  runAll(commands: readonly LedgerCommand[]): readonly Expected[] {
    const [only] = commands;
    if (only && commands.length === 1) return [this.run(only)];
    const tried = this.clone();
    const expected: Expected[] = [];
    for (const command of commands) {
      const each = tried.run(command);
      expected.push(each);
      if (each.outcome === 'refused') return expected;
    }
    Object.assign(this, tried);
    return expected;
  }

  clone(): ModelLedger {
    const copy = new ModelLedger();
    for (const [id, each] of this.accounts) copy.accounts.set(id, { ...each });
    for (const [id, each] of this.transactions) copy.transactions.set(id, { ...each });
    copy.moves = [...this.moves];
    copy.spending = [...this.spending];
    copy.answers = new Map(this.answers);
    return copy;
  }

  /** A balance from before the story begins; negative: debt. */
  endow(id: string, amount: bigint): void {
    this.moves.push({ from: '@bank', to: id, amount, currency: this.find(id).currency });
  }

  accountIds(): readonly string[] {
    return [...this.accounts.keys()];
  }

  posted(id: string): bigint {
    let sum = 0n;
    for (const { from, to, amount } of this.moves) {
      if (to === id) sum += amount;
      if (from === id) sum -= amount;
    }
    return sum;
  }

  /** All that open holds take from an account, or bring to it. */
  pending(id: string, side: 'from' | 'to'): bigint {
    let sum = 0n;
    for (const { postings, left } of this.transactions.values()) {
      postings.forEach((posting, index) => {
        if (posting[side] === id) sum += left[index] ?? 0n;
      });
    }
    return sum;
  }

  available(id: string): bigint | null {
    const { overdraft } = this.find(id);
    return overdraft === null ? null : this.posted(id) - this.pending(id, 'from') + overdraft;
  }

  private find(id: string, posting?: number): Account {
    const account = this.accounts.get(id);
    if (!account) throw new No('AccountNotFound', posting);
    return account;
  }

  private account(command: Exclude<LedgerCommand, { transactionId: string }>): Expected {
    const { requestId, identity } = command;
    if (requestId !== undefined) {
      const known = this.answers.get(`request-${requestId}`);
      if (known?.by === identity.digest) return { outcome: 'replayed', answer: known.answer };
      if (known || this.transactions.has(requestId)) throw new No('IdempotencyKeyReused');
    }
    if (command.type === 'openAccount') {
      const there = this.accounts.get(command.accountId);
      if (there?.openedBy === identity.digest) {
        return { outcome: 'replayed', answer: there.openAnswer };
      }
      if (there) throw new No('AccountAlreadyExists');
      this.open(command);
    }
    const account = this.find(command.accountId);
    const before = JSON.stringify(this.shown(account));
    const touched = this.applyTo(account, command);
    const answer = this.shown(account);
    const same = command.type !== 'openAccount' && !touched && before === JSON.stringify(answer);
    if (!same && command.now > account.clock) account.clock = command.now;
    if (requestId === undefined) return { outcome: same ? 'unchanged' : 'accepted', answer };
    this.answers.set(`request-${requestId}`, { by: identity.digest, answer });
    return { outcome: 'accepted', answer };
  }

  private open({ accountId, currency, overdraftLimit, identity, now }: OpenAccount): void {
    const account: Account = {
      id: accountId,
      currency,
      digits: currency === 'KRW' ? 0 : 2,
      openedBy: identity.digest,
      openAnswer: {},
      overdraft: overdraftLimit,
      limits: { perTransaction: null, perDay: null, minimumBalance: null },
      status: 'open',
      scope: undefined,
      clock: now,
    };
    this.accounts.set(accountId, { ...account, openAnswer: this.shown(account) });
  }

  private shown({ id, status, currency, overdraft, scope, limits }: Account): object {
    const shown = Object.fromEntries(Object.entries(limits).map(([name, at]) => [name, text(at)]));
    return {
      accountId: id,
      status,
      currency,
      overdraftLimit: text(overdraft),
      ...(scope && { scope }),
      limits: shown,
    };
  }

  /** True when something changes that is not shown. */
  private applyTo(account: Account, command: LedgerCommand): boolean {
    switch (command.type) {
      case 'freezeAccount':
      case 'unfreezeAccount': {
        if (account.status === 'closed') throw new No('AccountClosed');
        const scope = command.type === 'freezeAccount' ? command.scope : undefined;
        Object.assign(account, { scope, status: scope ? 'frozen' : 'open' });
        return false;
      }
      case 'closeAccount': {
        const sums = [this.posted(account.id), this.pending(account.id, 'from')];
        const empty = [...sums, this.pending(account.id, 'to')].every((sum) => sum === 0n);
        if (account.status !== 'closed' && !empty) throw new No('AccountNotEmpty');
        Object.assign(account, { scope: undefined, status: 'closed' });
        return false;
      }
      case 'changeAccount':
        this.change(account, command);
        return Object.keys(command.details ?? {}).length > 0;
      default:
        return false;
    }
  }

  private change(account: Account, { overdraftLimit, limits = {} }: ChangeAccount): void {
    if (account.status === 'closed') throw new No('AccountClosed');
    const read = (decimal: string, signed: boolean): bigint => {
      const value = parseDecimal(decimal, account.digits);
      if (typeof value !== 'bigint' || value > MAX_AMOUNT || value < -MAX_AMOUNT) {
        throw new No('InvalidAmount');
      }
      if (value < 0n && !signed) throw new No('InvalidAmount');
      return value;
    };
    let { overdraft } = account;
    if (overdraftLimit === 'unlimited') overdraft = null;
    else if (overdraftLimit !== undefined) overdraft = read(overdraftLimit, false);
    const changed = { ...account.limits };
    for (const name of ['perTransaction', 'perDay', 'minimumBalance'] as const) {
      const limit = limits[name];
      if (limit === undefined) continue;
      changed[name] = limit === null ? null : read(limit, name === 'minimumBalance');
    }
    const lower =
      overdraft !== null && (account.overdraft === null || overdraft < account.overdraft);
    const free = this.posted(account.id) - this.pending(account.id, 'from');
    if (lower && free + (overdraft ?? 0n) < 0n) throw new No('LimitExceeded');
    Object.assign(account, { overdraft, limits: changed });
  }

  private money(command: Transact | SettlementCommand): Expected {
    const { transactionId: id, identity, keyed } = command;
    const known = this.answers.get(`transaction-${id}`);
    if (known?.by === identity.digest) return { outcome: 'replayed', answer: known.answer };
    if (known || (keyed && this.answers.has(`request-${id}`))) throw new No('IdempotencyKeyReused');
    const touched = command.type === 'transact' ? this.transact(command) : this.settle(command);
    const refersTo = command.type === 'transact' ? {} : { refersTo: command.originalId };
    const status = command.type === 'transact' && command.pending ? 'pending' : 'posted';
    const balances = touched.map((accountId) => ({
      accountId,
      currency: this.find(accountId).currency,
      posted: text(this.posted(accountId)),
      held: text(this.pending(accountId, 'from')),
      available: text(this.available(accountId)),
    }));
    const answer = { transactionId: id, status, ...refersTo, balances };
    this.answers.set(`transaction-${id}`, { by: identity.digest, answer });
    return { outcome: 'accepted', answer };
  }

  private touched(postings: readonly Posting[]): string[] {
    const sides = postings.flatMap(({ from, to }) => [from, to]);
    return [...new Set(sides.filter((id) => !isExternal(id)))];
  }

  private clockOf(now: string, ids: readonly string[], original?: Transaction): string {
    const clocks = ids.map((id) => this.accounts.get(id)?.clock ?? now);
    return [now, original?.clock ?? now, ...clocks].sort().at(-1) as string;
  }

  private tick(ids: readonly string[], at: string): void {
    for (const id of ids) this.find(id).clock = at;
  }

  private transact(command: Transact): string[] {
    const { effectiveAt, now, postings, pending, transactionId: id } = command;
    if (effectiveAt && Date.parse(effectiveAt) > Date.parse(now) + 60_000) {
      throw new No('EffectiveInFuture');
    }
    const ids = this.touched(postings);
    const at = this.clockOf(now, ids);
    const expiresAt = pending?.expiresAt;
    if (expiresAt !== undefined && expiresAt <= at) throw new No('ExpiryInPast');
    const state = pending ? 'pending' : 'posted';
    const own: Transaction = { id, postings, state, left: [], expiresAt, clock: at };
    this.transactions.set(id, own);
    try {
      postings.forEach((posting, index) => {
        this.checkSides(posting, index);
        this.checkFunds(postings, index, at.slice(0, 10), 'spending');
        if (pending) own.left[index] = posting.amount;
        else this.moves.push(posting);
        this.spend(posting, at);
        this.checkRange(posting, index);
      });
    } catch (no) {
      this.transactions.delete(id);
      throw no;
    }
    this.tick(ids, at);
    return ids;
  }

  private spend({ from, amount }: Posting, at: string): void {
    if (!isExternal(from)) this.spending.push({ account: from, amount, day: at.slice(0, 10) });
  }

  private checkSides({ from, to, currency }: Posting, index: number): void {
    if (from === to) throw new No('SameAccount', index);
    const inside = [from, to].filter((id) => !isExternal(id));
    const found = inside.map((id) => this.find(id, index));
    if (found.some((account) => account.currency !== currency)) {
      throw new No('CurrencyMismatch', index);
    }
    if (found.some(({ status }) => status === 'closed')) throw new No('AccountClosed', index);
    const stuck = ({ id, scope }: Account) => scope === 'all' || (scope && id === from);
    if (found.some(stuck)) throw new No('AccountFrozen', index);
  }

  private checkFunds(
    postings: readonly Posting[],
    index: number,
    day: string,
    as: 'spending' | 'correction',
  ): void {
    const { from, amount } = postings[index] as Posting;
    if (isExternal(from)) return;
    const { limits } = this.find(from);
    const available = this.available(from);
    if (available !== null && available < amount) throw new No('InsufficientFunds', index);
    const sum = (amounts: readonly bigint[]) => amounts.reduce((total, each) => total + each, 0n);
    const exceeds = (limit: bigint | null, total: bigint) => limit !== null && total > limit;
    if (as === 'spending') {
      const upToHere = postings.slice(0, index + 1).filter((posting) => posting.from === from);
      const inAll = sum(upToHere.map((posting) => posting.amount));
      if (exceeds(limits.perTransaction, inAll)) throw new No('LimitExceeded', index);
      const today = this.spending.filter((each) => each.account === from && each.day === day);
      const inDay = sum(today.map((each) => each.amount)) + amount;
      if (exceeds(limits.perDay, inDay)) throw new No('LimitExceeded', index);
    }
    const left = this.posted(from) - this.pending(from, 'from') - amount;
    if (limits.minimumBalance !== null && left < limits.minimumBalance) {
      throw new No('LimitExceeded', index);
    }
  }

  private checkRange({ from, to }: Posting, index: number): void {
    for (const id of [from, to]) {
      if (isExternal(id)) continue;
      const [posted, held] = [this.posted(id), this.pending(id, 'from')];
      for (const sum of [posted, held, posted - held, this.pending(id, 'to')]) {
        if (sum > MAX_BALANCE || sum < -MAX_BALANCE) throw new No('BalanceOutOfRange', index);
      }
    }
  }

  private settle(command: SettlementCommand): string[] {
    const original = this.transactions.get(command.originalId);
    if (!original) throw new No('TransactionNotFound');
    const at = this.clockOf(command.now, this.touched(original.postings), original);
    const over = original.expiresAt !== undefined && at >= original.expiresAt;
    if (command.type === 'reverse') return this.reverse(command, original, at);
    if (original.state !== 'pending') throw new No('TransactionNotPending');
    if (command.type === 'capture') {
      if (over) throw new No('TransactionNotPending');
      return this.capture(command, original, at);
    }
    if (command.type === 'expire' && !over) throw new No('TransactionNotExpired');
    const ids = this.touched(original.postings.filter((_, index) => original.left[index] !== 0n));
    original.left = original.left.map(() => 0n);
    original.state = command.type === 'void' ? 'voided' : 'expired';
    return this.settled(command.transactionId, original, [], ids, at);
  }

  private settled(
    id: string,
    original: Transaction,
    postings: readonly Posting[],
    ids: string[],
    at: string,
  ): string[] {
    original.clock = at;
    const own = {
      id,
      postings,
      state: 'posted',
      left: [],
      expiresAt: undefined,
      clock: at,
    } as const;
    this.transactions.set(id, { ...own, left: [] });
    this.tick(ids, at);
    return ids;
  }

  private capture(
    { amounts, transactionId }: Capture,
    original: Transaction,
    at: string,
  ): string[] {
    const taken = this.amountsOf(amounts, original);
    const before = original.left;
    const postings: Posting[] = [];
    try {
      original.postings.forEach((posting, index) => {
        const amount = taken[index] as bigint;
        if (amount === 0n) return;
        this.checkSides(posting, index);
        original.left = original.left.map((left, each) => (each === index ? left - amount : left));
        this.moves.push({ ...posting, amount });
        postings.push({ ...posting, amount });
        this.checkRange(posting, index);
      });
    } catch (no) {
      original.left = before;
      throw no;
    }
    if (original.left.every((left) => left === 0n)) original.state = 'captured';
    return this.settled(transactionId, original, postings, this.touched(postings), at);
  }

  private amountsOf(amounts: Capture['amounts'], { postings, left }: Transaction): bigint[] {
    if (amounts === 'rest') return left;
    const texts = 'only' in amounts ? [amounts.only] : amounts;
    if (texts.length !== postings.length) throw new No('InvalidRequest');
    const read = texts.map((decimal, index) => {
      const value = parseDecimal(decimal, postings[index]?.currency === 'KRW' ? 0 : 2);
      if (typeof value !== 'bigint' || value < 0n || value > MAX_AMOUNT)
        throw new No('InvalidAmount');
      return value;
    });
    if (read.every((amount) => amount === 0n)) throw new No('InvalidAmount');
    const over = read.findIndex((amount, index) => amount > (left[index] ?? 0n));
    if (over >= 0) throw new No('CaptureExceedsHold', over);
    return read;
  }

  private reverse(
    { transactionId, forced }: Extract<SettlementCommand, { type: 'reverse' }>,
    original: Transaction,
    at: string,
  ): string[] {
    if (original.state === 'reversed') throw new No('AlreadyReversed');
    if (original.state !== 'posted' || original.postings.length === 0) {
      throw new No('TransactionNotPosted');
    }
    const postings = [...original.postings]
      .reverse()
      .map((posting) => ({ ...posting, from: posting.to, to: posting.from }));
    postings.forEach((posting, index) => {
      this.checkSides(posting, index);
      if (!forced) this.checkFunds(postings, index, '', 'correction');
      this.moves.push(posting);
      this.checkRange(posting, index);
    });
    original.state = 'reversed';
    return this.settled(transactionId, original, postings, this.touched(postings), at);
  }
}
