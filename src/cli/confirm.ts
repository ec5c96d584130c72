/** Asking a person, on the terminal only. */
import {OpsError} from '../errors.ts'
import {printable} from '../printable.ts'
import {canAsk} from './terminal.ts'

/** Fails before anything is done when nobody is there to be asked. */
export function needConfirmation(
  yes: boolean,
  command: string,
  otherwise = 'pass --yes to go on without asking',
): void {
  if (yes || canAsk()) return
  throw new OpsError(
    'usage',
    `${command} asks before it changes anything, and there is no terminal to ask on`,
    {hint: otherwise},
  )
}

/** Throws an `OpsError` (exit 130) unless the answer is `yes`. */
export async function confirm(question: string): Promise<void> {
  if ((await answerTo(`${question} Type yes to go on: `)) === 'yes') return
  throw new OpsError('interrupted', 'not confirmed; nothing was changed')
}

/** What is typed, or what is proposed where nothing is. Throws an `OpsError` (exit 130) on Ctrl-C and Ctrl-D. */
export async function askFor(question: string, proposed: string): Promise<string> {
  const answer = await answerTo(`${question} [${proposed}]: `)
  if (answer === undefined) throw new OpsError('interrupted', 'not answered; nothing was changed')
  return answer === '' ? proposed : answer
}

/** undefined: the terminal was closed, or Ctrl-C came. */
async function answerTo(question: string): Promise<string | undefined> {
  const {createInterface} = await import('node:readline/promises')
  const lines = createInterface({input: process.stdin, output: process.stderr})
  const stop = new AbortController()
  lines.on('SIGINT', () => stop.abort())
  lines.on('close', () => stop.abort())
  try {
    return (await lines.question(printable(question), {signal: stop.signal})).trim()
  } catch (error) {
    if ((error as Error).name !== 'AbortError') throw error
    return undefined
  } finally {
    lines.close()
  }
}
