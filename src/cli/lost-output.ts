/** What becomes of a command whose reader or terminal is gone. */

/**
 * A reader that has seen enough, as `head`, is no failure: what is going on stops as if its terminal were closed, which
 * says so by SIGHUP too. Takes the place of what others have said about errors of stdout, since that throws.
 */
export function tolerateLostOutput(): void {
  let unread = false
  process.stdout.removeAllListeners('error')
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EIO') return
    if (error.code !== 'EPIPE') throw error
    if (unread) return
    unread = true
    if (process.listenerCount('SIGHUP') > 0) process.emit('SIGHUP', 'SIGHUP')
    else process.exit()
  })
  // the journal has all that is said there
  process.stderr.on('error', () => {})
}
