const POLL_MS = 500;

/**
 * Calls back once when the process that started this one is gone: its IPC channel closed, or the
 * process id it gave no longer exists. Returns a function that ends the watch.
 */
export function watchParent(parentPid: number | undefined, gone: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  const end = () => {
    clearInterval(timer);
    process.off('disconnect', report);
  };
  const report = () => {
    end();
    gone();
  };
  if (process.connected) process.once('disconnect', report);
  if (parentPid !== undefined) {
    timer = setInterval(() => {
      if (!exists(parentPid)) report();
    }, POLL_MS);
    timer.unref();
  }
  return end;
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
