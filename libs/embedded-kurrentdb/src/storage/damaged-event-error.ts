/** The disk gave back other bytes of an event than it was given: they are not shown to anyone. */
export class DamagedEventError extends Error {
  readonly code = 'DamagedEvent';
  readonly retryable = false;

  constructor(position: number) {
    super(
      `the event at position ${position} is damaged on disk: ` +
        'stop the server, see what `check` names and take the store from a backup',
    );
    this.name = 'DamagedEventError';
  }
}
