import { canonicalJson } from './canonical-json';

/** Version of how a digest's text is made; stored with every digest. */
export const DIGEST_VERSION = 1;

/**
 * The text whose SHA-256 tells a true retry from other content under the same id: the operation
 * and what the client sent, with path parameters, amounts normalised. No header, no default and
 * nothing that the server added belongs in `content`; the route does not, either.
 */
export const digestText = (operation: string, content: object): string =>
  canonicalJson([DIGEST_VERSION, operation, content]);
