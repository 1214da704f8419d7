/** Under what Nest finds the open read store. */
export const READ_STORE = Symbol('ReadStore');
