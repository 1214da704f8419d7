import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** A user that the server knows, as its options name it. */
export interface UserAccount {
  readonly name: string;
  readonly password: string;
  /** Roles beside the user's own name, such as `$admins` or `$ops`. */
  readonly roles?: readonly string[];
}

/** Who makes a call. */
export interface Caller {
  readonly name: string;
  readonly roles: ReadonlySet<string>;
}

/** The role of administrators, who may do everything. */
export const admins = '$admins';
/** The role of operators, who may manage but not read what is not theirs. */
export const operators = '$ops';

/** The users of the original's first start. */
export const defaultUsers: readonly UserAccount[] = [
  { name: 'admin', password: 'changeit', roles: [admins] },
  { name: 'ops', password: 'changeit', roles: [operators] },
];

/** The caller of a server without credentials: everything is allowed, whatever is sent. */
export const systemCaller: Caller = { name: 'system', roles: new Set([admins]) };

interface KnownUser {
  readonly caller: Caller;
  readonly passwordDigest: Buffer;
}

/** The known users. Passwords are kept as digests under a key of this process. */
export class Users {
  readonly #key = randomBytes(32);
  readonly #users = new Map<string, KnownUser>();
  /** Compared with when the name is unknown, so that both refusals take the same time. */
  readonly #noDigest = randomBytes(32);

  constructor(accounts: readonly UserAccount[]) {
    for (const { name, password, roles = [] } of accounts) {
      if (name === '' || name.includes(':')) throw new Error(`'${name}' cannot name a user`);
      const caller = { name, roles: new Set([name, ...roles]) };
      this.#users.set(name, { caller, passwordDigest: this.#digest(password) });
    }
  }

  /** The user of this name and password; undefined when either is wrong. */
  find(name: string, password: string): Caller | undefined {
    const user = this.#users.get(name);
    const digest = user?.passwordDigest ?? this.#noDigest;
    const matches = timingSafeEqual(digest, this.#digest(password));
    return matches ? user?.caller : undefined;
  }

  #digest(password: string): Buffer {
    return createHmac('sha256', this.#key).update(password).digest();
  }
}
