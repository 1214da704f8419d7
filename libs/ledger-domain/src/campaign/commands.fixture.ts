import { Random } from '@daybook/testing';
import fc from 'fast-check';
import type { LedgerCommand } from '../commands';
import { SequenceWriter } from './sequence-writer.fixture';

/** Each command follows from one number and those before it, so that a sequence shrinks well. */
const written = (numbers: readonly number[]): readonly LedgerCommand[] => {
  const writer = new SequenceWriter();
  for (const number of numbers) writer.write(new Random(number));
  return writer.written;
};

/** Sequences of 13 to 48 commands over a few accounts, with repeats of earlier ones among them. */
export const commandSequences: fc.Arbitrary<readonly LedgerCommand[]> = fc
  .array(fc.nat(), { minLength: 5, maxLength: 40, size: 'max' })
  .map(written);
