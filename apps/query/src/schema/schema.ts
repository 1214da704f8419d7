const times = `
      "What counts up to this effective time, inclusive; absent: everything."
      asOf: DateTime
      "What the ledger had recorded by this time, inclusive; absent: everything."
      knownAt: DateTime
`;

const waiting = `
      "The position of a command's answer: waits for it, or says NOT_YET_PROJECTED."
      minPosition: String
`;

const page = `
      "At most 500; 100 when absent, unless last is given."
      first: Int
      after: String
`;

const pageBothWays = `
      ${page}
      "At most 500."
      last: Int
      before: String
`;

/** The GraphQL schema of the query service: what clients rely on, to the letter of its nulls. */
export const typeDefs = /* GraphQL */ `
  scalar DateTime
  scalar JSON

  type Query {
    "Null when unknown. External accounts as @bank:CZK, or @bank when it has one currency only."
    account(
      id: ID!
      ${times}
      ${waiting}
    ): Account
    "The ledger's own accounts (no external ones), in the order of their ids."
    accounts(
      ${pageBothWays}
      filter: AccountFilter
      ${times}
      ${waiting}
    ): AccountConnection!
    "Null when unknown."
    transaction(
      id: ID!
      ${waiting}
    ): Transaction
    "In the order of effective time, then of the log."
    transactions(
      ${pageBothWays}
      filter: TransactionFilter
      ${times}
      ${waiting}
    ): TransactionConnection!
    "Totals over all accounts, external ones included; the lines are paged."
    trialBalance(
      ${page}
      ${times}
      ${waiting}
    ): TrialBalance!
  }

  "Every condition given must hold; at most 500 values in a list."
  input AccountFilter {
    ids: [ID!]
    currency: String
    status: [AccountStatus!]
    ownerId: String
  }

  "Every condition given must hold; at most 500 values in a list."
  input TransactionFilter {
    ids: [ID!]
    "An account on either side of a posting: an id, @bank (in any currency) or @bank:CZK."
    account: ID
    currency: String
    kind: [TransactionKind!]
    status: [TransactionStatus!]
    "Inclusive."
    effectiveFrom: DateTime
    "Exclusive."
    effectiveTo: DateTime
  }

  type Account {
    id: ID!
    name: String
    currency: String!
    status: AccountStatus!
    "Null for external accounts."
    openedAt: DateTime
    "Null for external accounts."
    revision: Int
    "Null: unlimited."
    overdraftLimit: Money
    "The posted balance."
    balance: Money!
    "Set aside by pending transactions."
    held: Money!
    "balance − held + overdraftLimit. Null: unlimited."
    available: Money
    "The place in the log that the answer is true for."
    position: String!
    "True when the given knownAt lies behind the newest recorded time: the answer never changes."
    final: Boolean!
    "True while an event of the account, or for an external one of any transaction, cannot be read."
    incomplete: Boolean!
    "In the order of effective time, then of the log. From inclusive, to exclusive."
    entries(
      ${pageBothWays}
      from: DateTime
      to: DateTime
    ): EntryConnection!
    "The balance at the end of each UTC interval that [from, to) touches; at most 1,000 points."
    balanceHistory(from: DateTime!, to: DateTime!, interval: Interval!): [BalancePoint!]!
  }

  type Entry {
    id: ID!
    transactionId: ID!
    transaction: Transaction!
    "Negative: a debit."
    amount: Money!
    "The running sum in the order of the list, as known at the query's knownAt."
    balanceAfter: Money!
    "The other side: an account, or an external one such as @bank."
    counterparty: ID!
    "When it counts."
    effectiveAt: DateTime!
    "When the ledger learned of it."
    recordedAt: DateTime!
  }

  type Transaction {
    id: ID!
    kind: TransactionKind!
    status: TransactionStatus!
    postings: [Posting!]!
    "When it counts."
    effectiveAt: DateTime!
    "When the ledger learned of it."
    recordedAt: DateTime!
    reference: String
    metadata: JSON
    reversalOf: Transaction
    reversedBy: Transaction
  }

  type Posting {
    from: ID!
    to: ID!
    amount: Money!
  }

  type Money {
    "A decimal with all of the currency's digits."
    amount: String!
    "A whole number of the currency's smallest unit."
    minorUnits: String!
    currency: String!
  }

  type BalancePoint {
    "The last millisecond of the interval."
    at: DateTime!
    balance: Money!
  }

  type TrialBalance {
    position: String!
    final: Boolean!
    "True while an event of the ledger cannot be read: what it brought is missing."
    incomplete: Boolean!
    "In the order of the accounts' names."
    lines: TrialBalanceLineConnection!
    "Of every currency; each sum is zero."
    totals: [CurrencyTotal!]!
  }

  type TrialBalanceLine {
    account: ID!
    balance: Money!
  }

  type CurrencyTotal {
    currency: String!
    sum: Money!
  }

  type AccountConnection {
    edges: [AccountEdge!]!
    pageInfo: PageInfo!
    totalCount: Int!
  }

  type AccountEdge {
    cursor: String!
    node: Account!
  }

  type EntryConnection {
    edges: [EntryEdge!]!
    pageInfo: PageInfo!
    totalCount: Int!
  }

  type EntryEdge {
    cursor: String!
    node: Entry!
  }

  type TransactionConnection {
    edges: [TransactionEdge!]!
    pageInfo: PageInfo!
    totalCount: Int!
  }

  type TransactionEdge {
    cursor: String!
    node: Transaction!
  }

  type TrialBalanceLineConnection {
    edges: [TrialBalanceLineEdge!]!
    pageInfo: PageInfo!
    totalCount: Int!
  }

  type TrialBalanceLineEdge {
    cursor: String!
    node: TrialBalanceLine!
  }

  type PageInfo {
    hasNextPage: Boolean!
    hasPreviousPage: Boolean!
    startCursor: String
    endCursor: String
  }

  enum AccountStatus {
    OPEN
    FROZEN
    CLOSED
  }

  enum Interval {
    HOUR
    DAY
    MONTH
    YEAR
  }

  enum TransactionKind {
    DEPOSIT
    WITHDRAWAL
    TRANSFER
    JOURNAL
    CAPTURE
    VOID
    EXPIRY
    REVERSAL
    ADJUSTMENT
  }

  enum TransactionStatus {
    POSTED
    PENDING
    CAPTURED
    VOIDED
    EXPIRED
    REVERSED
  }
`;
