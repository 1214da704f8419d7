import { digitsOf, formatDecimal } from '@daybook/kernel';

/** Bad rows named in full; the rest are only counted, so that memory stays bounded. */
const NAMED_BAD_ROWS = 1_000;

interface AdjustmentSum {
  net: bigint;
  absolute: bigint;
}

/** What an import did, kept up to date while it runs. */
export class ImportReport {
  rows = 0;
  readonly accounts = new Set<string>();
  private fresh = 0;
  private repeated = 0;
  private adjustments = 0;
  private readonly adjustmentSums = new Map<string, AdjustmentSum>();
  private bad = 0;
  private readonly badRows: { line: number; reason: string }[] = [];
  private readonly startedMs = performance.now();

  get refused(): number {
    return this.bad;
  }

  get settled(): number {
    return this.fresh + this.repeated + this.bad;
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
    this.bad++;
    if (this.badRows.length < NAMED_BAD_ROWS) this.badRows.push({ line, reason });
  }

  progress(): string {
    return `${count(this.settled)} rows, ${count(this.rate())} rows/s`;
  }

  lines(): string[] {
    const seconds = (performance.now() - this.startedMs) / 1000;
    const badLines = [...this.badRows]
      .sort((a, b) => a.line - b.line)
      .map(({ line, reason }) => `  line ${line}: ${reason}`);
    const unnamed = this.bad - this.badRows.length;
    return [
      `rows           ${count(this.rows)}`,
      `accounts       ${count(this.accounts.size)}`,
      `new            ${count(this.fresh)}`,
      `already there  ${count(this.repeated)}`,
      `adjustments    ${count(this.adjustments)}${this.sums()}`,
      `bad rows       ${count(this.bad)}`,
      ...badLines,
      ...(unnamed > 0 ? [`  … and ${count(unnamed)} more`] : []),
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

const count = (n: number) => n.toLocaleString('en-US');
