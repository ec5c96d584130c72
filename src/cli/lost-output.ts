/** What becomes of a command whose reader or terminal is gone, or whose answer finds no room. */
import {exitCodes} from '../errors.ts'

/**
 * A reader that has seen enough, as `head`, is no failure: what is going on stops as if its terminal were closed, which
 * says so by SIGHUP too. A disk that is full stops nothing, for what changes a cluster has to come to its end; it is
 * said then, with exit 64 where all else went well. Takes the place of what others have said about errors of stdout,
 * since that throws: to be called again when a library was loaded that has.
 * @param say writes to stderr: said once, by whoever begins
 */
export function tolerateLostOutput(say: (text: string) => void = told): void {
  told = say
  process.stdout.removeAllListeners('error')
  process.stdout.on('error', outOfStdout)
  process.stderr.removeAllListeners('error')
  // the journal has all that is said there
  process.stderr.on('error', () => {})
  process.off('exit', tellLost)
  process.on('exit', tellLost)
}

let told: (text: string) => void = () => {}
let unread = false
let lost: NodeJS.ErrnoException | undefined

function outOfStdout(error: NodeJS.ErrnoException): void {
  // a terminal that was closed
  if (error.code === 'EIO' && process.stdout.isTTY) return
  if (error.code !== 'EPIPE') {
    lost ??= error
    return
  }
  if (unread) return
  unread = true
  if (process.listenerCount('SIGHUP') > 0) process.emit('SIGHUP', 'SIGHUP')
  else process.exit()
}

function tellLost(code: number): void {
  if (lost === undefined) return
  const done = code === 0 ? '; all that was asked for is done' : ''
  told(
    `ringup: the answer cannot be written to stdout: ${lost.code ?? 'unknown'}${done}\n  -> make room, and look again: ringup status\n`,
  )
  if (code === 0) process.exitCode = exitCodes.usage
}
