export * from './dropping-proxy';
export * from './free-ports';
export * from './ledger-client';
export * from './running-ledger';
export * from './running-process';
