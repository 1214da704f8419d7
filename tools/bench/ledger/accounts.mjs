// npm run bench -- accounts: cost by size, of one account and of the ledger. Sizes may be given:
// npm run bench -- accounts 1000 10000
import { longAccounts } from './long-accounts.mjs';
import { manyAccounts } from './many-accounts.mjs';

const given = process.argv.slice(2).map(Number);
const sizes = given.length > 0 ? given : [1_000, 10_000, 100_000, 1_000_000];
const durationMs = Number(process.env.BENCH_MS ?? 10_000);

console.log('\nOne account with so many events');
await longAccounts(sizes, durationMs);
console.log('\nTransfers between so many accounts, picked at random');
await manyAccounts(sizes, durationMs);
