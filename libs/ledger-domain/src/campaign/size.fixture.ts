/** How many sequences a campaign runs, unless `DAYBOOK_SEQUENCES` says another number. */
export const sequencesOr = (usual: number): number =>
  Number(process.env.DAYBOOK_SEQUENCES ?? usual);

/** Where a campaign begins: another place in every run, unless `DAYBOOK_SEED` says which. */
export const firstSeed = Number(process.env.DAYBOOK_SEED ?? Date.now() % 2 ** 30);
