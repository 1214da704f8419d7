// npx hands no signal on. A server that it started ends as cleanly when npx has gone; started by
// any other, a server goes on when that has ended.
if (process.env.npm_lifecycle_event === 'npx') {
  const startedBy = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === startedBy) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, 500);
  watch.unref();
}
