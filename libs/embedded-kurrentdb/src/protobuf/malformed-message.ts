/** The bytes are not a message of the expected kind. */
export class MalformedMessageError extends Error {
  readonly code = 'MalformedMessage';
  readonly retryable = false;

  constructor(what: string) {
    super(`malformed message: ${what}`);
    this.name = 'MalformedMessageError';
  }
}
