/**
 * Metadata of every record: flat strings only. `last: "true"` stands on the last record of a
 * command's group (also of a group of one); the log is whole only after such a record.
 */
export interface RecordMetadata {
  readonly $correlationId?: string;
  readonly $causationId?: string;
  readonly last?: 'true';
  /** Version of the event's shape, a decimal number. */
  readonly schema: string;
  readonly actor?: string;
}
