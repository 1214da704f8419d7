/** A folder with files of the unified test format to run besides our own, if one is given. */
export function unifiedTestsFolder(): string | undefined {
  return process.env.MONGODB_UNIFIED_TESTS;
}
