/** Asking a person, on the terminal only. */
import {createInterface} from 'node:readline/promises'
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
  const lines = createInterface({input: process.stdin, output: process.stderr})
  const stop = new AbortController()
  lines.on('SIGINT', () => stop.abort())
  lines.on('close', () => stop.abort())
  try {
    const answer = await lines.question(`${printable(question)} Type yes to go on: `, {signal: stop.signal})
    if (answer.trim() === 'yes') return
  } catch (error) {
    if ((error as Error).name !== 'AbortError') throw error
  } finally {
    lines.close()
  }
  throw new OpsError('interrupted', 'not confirmed; nothing was changed')
}
