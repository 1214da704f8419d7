/**
 * Settles as the call does, or fails with `late()` when it takes too long. The client's own
 * deadlines do not cover a server that accepts a connection and says nothing.
 */
export async function withinDeadline<Result>(
  call: Promise<Result>,
  deadlineMs: number,
  late: () => Error,
): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), deadlineMs);
  });
  try {
    return await Promise.race([call, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
