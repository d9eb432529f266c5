/**
 * A worker of the tests ends with the run: one that is killed would leave it running its file to the end, on servers
 * that are being taken away. It ends as it would by a kill, and what it started is ended by its guards.
 */
const marked = globalThis as { yibenEndsWithRun?: true }

if (!marked.yibenEndsWithRun) {
  marked.yibenEndsWithRun = true
  process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'))
}
