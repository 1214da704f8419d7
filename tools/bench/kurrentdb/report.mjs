// The table: each row's figures, their ratios and whether the targets are met.

export function printTable(results, cpus) {
  console.log(`\n${cpus.length} × ${cpus[0]?.model ?? 'CPU'}, node ${process.version}\n`);
  const header = ['row', 'embedded', 'bare', 'real', 'of bare', 'of real', 'targets met'];
  const lines = [header, header.map(() => '---'), ...results.map(line)];
  for (const cells of lines) console.log(`| ${cells.join(' | ')} |`);
}

function line(row) {
  const { embedded, bare, real = row.real } = row.figures;
  const ofBare = ratio(row, embedded, bare);
  const ofReal = ratio(row, embedded, real);
  const checks = [
    [row.ofBare, ofBare],
    [row.ofReal, ofReal],
    [row.atMost && 1 / row.atMost, 1 / embedded],
  ].filter(([target]) => target !== undefined);
  return [
    row.name,
    shown(embedded, row),
    bare === undefined ? '–' : shown(bare, row),
    `${shown(real, row)}${row.figures.real === undefined ? ' (recorded)' : ''}`,
    wanted(ofBare, row.ofBare),
    wanted(ofReal, row.ofReal),
    checks.every(([target, actual]) => actual >= target) ? 'yes' : 'NO',
  ];
}

/** How many times better: above 1 is better than the other, for rates as for times. */
const ratio = (row, own, other) =>
  other === undefined ? undefined : row.better === 'higher' ? own / other : other / own;

const wanted = (actual, target) => {
  if (actual === undefined) return '–';
  return target === undefined ? actual.toFixed(2) : `${actual.toFixed(2)} (≥ ${target})`;
};

const shown = (value, { unit }) =>
  unit === 'ms' ? `${value.toFixed(2)} ms` : `${Math.round(value).toLocaleString('en')} ${unit}`;
