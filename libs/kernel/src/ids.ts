/** Ids by which a client names something new. Lower case: stream names may not differ in case. */
export const CLIENT_ID = /^[a-z0-9][a-z0-9._-]{0,99}$/;

/** Ids that may be referred to: the client's, and the server's own, which begin with `_`. */
export const REFERENCE_ID = /^[a-z0-9_][a-z0-9._-]{0,99}$/;

/** The names of external accounts (`@bank`), which stand for the outside world. */
export const RAIL = /^@[a-z0-9-]{1,50}$/;

/** The rail whose transactions are of the kind `adjustment`. */
export const ADJUSTMENT_RAIL = '@adjustment';

export const isExternal = (account: string): boolean => account.startsWith('@');
