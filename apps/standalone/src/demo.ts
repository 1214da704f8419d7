/** A small made-up ledger: every command has an id of its own, so loading it twice changes nothing. */
const commands: readonly (readonly [string, Record<string, unknown>])[] = [
  ['/v1/accounts', { accountId: 'demo-alice', currency: 'EUR', name: 'Alice' }],
  ['/v1/accounts', { accountId: 'demo-bob', currency: 'EUR', name: 'Bob' }],
  ['/v1/accounts', { accountId: 'demo-shop', currency: 'EUR', name: 'The corner shop' }],
  ['/v1/accounts', { accountId: 'demo-fees', currency: 'EUR', name: 'Fees' }],
  [
    '/v1/accounts/demo-alice/deposits',
    {
      transactionId: 'demo-salary',
      amount: '2500.00',
      currency: 'EUR',
      source: '@bank',
      effectiveAt: '2026-03-25T09:00:00Z',
      reference: 'Salary, March',
    },
  ],
  [
    '/v1/transfers',
    {
      transactionId: 'demo-rent-share',
      from: 'demo-alice',
      to: 'demo-bob',
      amount: '620.00',
      currency: 'EUR',
      effectiveAt: '2026-03-28T18:30:00Z',
      reference: 'Rent, my half',
    },
  ],
  [
    '/v1/transactions',
    {
      transactionId: 'demo-groceries',
      postings: [
        { from: 'demo-bob', to: 'demo-shop', amount: '43.20', currency: 'EUR' },
        { from: 'demo-shop', to: 'demo-fees', amount: '0.65', currency: 'EUR' },
      ],
      effectiveAt: '2026-03-30T11:12:00Z',
      reference: 'Groceries, with the card fee',
    },
  ],
  [
    '/v1/accounts/demo-alice/deposits',
    {
      transactionId: 'demo-late-refund',
      amount: '19.99',
      currency: 'EUR',
      source: '@bank',
      effectiveAt: '2026-03-26T08:00:00Z',
      reference: 'A refund that became known late',
    },
  ],
];

/** Loads the demo through the public REST API; throws with the problem when a command is refused. */
export async function loadDemo(commandUrl: string, tell: (line: string) => void): Promise<void> {
  for (const [path, body] of commands) {
    const response = await fetch(`${commandUrl}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`demo: ${path} was refused: ${await response.text()}`);
  }
  tell(`${commands.length} commands loaded; try account "demo-alice" as of 2026-03-27T00:00:00Z`);
}
