/**
 * Settles as the call does, or fails with `late()` when it takes too long. The client's own
 * deadlines begin only when it knows which node of a cluster to call.
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
