import { digitsOf, formatDecimal } from '@daybook/kernel';

/** Refusals of a kind named in full; the rest are only counted, so that memory stays bounded. */
const NAMED_MAX = 1_000;

interface AdjustmentSum {
  net: bigint;
  absolute: bigint;
}

interface Refusal {
  readonly line: number;
  readonly reason: string;
}

/** What an import did, kept up to date while it runs. */
export class ImportReport {
  rows = 0;
  readonly accounts = new Set<string>();
  private fresh = 0;
  private repeated = 0;
  private adjustments = 0;
  private readonly adjustmentSums = new Map<string, AdjustmentSum>();
  private readonly badRows = new Refusals();
  private readonly notAdjusted = new Refusals();
  private readonly startedMs = performance.now();

  /** Refused rows and refused adjustments. */
  get refused(): number {
    return this.badRows.count + this.notAdjusted.count;
  }

  /** Rows applied or refused. */
  get settled(): number {
    return this.fresh + this.repeated + this.badRows.count;
  }

  posted(isNew: boolean): void {
    if (isNew) this.fresh++;
    else this.repeated++;
  }

  adjusted(difference: bigint, currency: string): void {
    this.adjustments++;
    const sum = this.adjustmentSums.get(currency) ?? { net: 0n, absolute: 0n };
    sum.net += difference;
    sum.absolute += difference < 0n ? -difference : difference;
    this.adjustmentSums.set(currency, sum);
  }

  refuse(line: number, reason: string): void {
    this.badRows.add({ line, reason });
  }

  /** The row itself was applied. */
  refuseAdjustment(line: number, difference: bigint, currency: string, reason: string): void {
    const amount = `${formatDecimal(difference, digitsOf(currency) ?? 0)} ${currency}`;
    this.notAdjusted.add({
      line,
      reason: `the row was applied, its adjustment by ${amount} refused: ${reason}`,
    });
  }

  progress(): string {
    return `${count(this.settled)} rows, ${count(this.rate())} rows/s`;
  }

  lines(): string[] {
    const seconds = (performance.now() - this.startedMs) / 1000;
    const notAdjusted = this.notAdjusted.count;
    return [
      `rows           ${count(this.rows)}`,
      `accounts       ${count(this.accounts.size)}`,
      `new            ${count(this.fresh)}`,
      `already there  ${count(this.repeated)}`,
      `adjustments    ${count(this.adjustments)}${this.sums()}`,
      ...(notAdjusted > 0 ? [`not adjusted   ${count(notAdjusted)}`] : []),
      ...this.notAdjusted.lines(),
      `bad rows       ${count(this.badRows.count)}`,
      ...this.badRows.lines(),
      `seconds        ${seconds.toFixed(1)}`,
      `rows/s         ${count(this.rate())}`,
    ];
  }

  private rate(): number {
    return Math.round(this.settled / ((performance.now() - this.startedMs) / 1000));
  }

  private sums(): string {
    return [...this.adjustmentSums]
      .map(([currency, { net, absolute }]) => {
        const digits = digitsOf(currency) ?? 0;
        const text = (sum: bigint) => `${formatDecimal(sum, digits)} ${currency}`;
        return ` (net ${text(net)}, absolute ${text(absolute)})`;
      })
      .join('');
  }
}

class Refusals {
  count = 0;
  private readonly named: Refusal[] = [];

  add(refusal: Refusal): void {
    this.count++;
    if (this.named.length < NAMED_MAX) this.named.push(refusal);
  }

  lines(): string[] {
    const unnamed = this.count - this.named.length;
    return [
      ...[...this.named]
        .sort((a, b) => a.line - b.line)
        .map(({ line, reason }) => `  line ${line}: ${reason}`),
      ...(unnamed > 0 ? [`  … and ${count(unnamed)} more`] : []),
    ];
  }
}

const count = (n: number) => n.toLocaleString('en-US');
