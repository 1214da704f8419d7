import type { StoredRecord } from '@daybook/event-store';
import { convertToCommandError } from '@kurrent/kurrentdb-client';
import type { AnswerStream } from '../client-channel';
import { recordIn } from './read-answer';

/**
 * All records that a call answers with; none for a stream that does not exist. Rejects with the
 * errors of the client's own methods, or `MalformedMessage`.
 */
export function recordsOf(call: AnswerStream): Promise<readonly StoredRecord[]> {
  return new Promise((resolve, reject) => {
    const records: StoredRecord[] = [];
    call.on('data', (answer: Buffer) => {
      try {
        const record = recordIn(answer);
        if (record) records.push(record);
      } catch (error) {
        reject(error as Error);
        call.cancel();
      }
    });
    call.on('error', (error) => reject(convertToCommandError(error)));
    call.on('end', () => resolve(records));
  });
}
