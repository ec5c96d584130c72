/** Asks for the passphrase of a key file on the terminal, without showing what is typed. Once for a file. */
import {createInterface} from 'node:readline'
import {Writable} from 'node:stream'
import {writeError} from './output.ts'
import {canAsk} from './terminal.ts'

let turn: Promise<unknown> = Promise.resolve()

/** undefined: nobody is there, or nothing was typed. */
export function askPassphrase(file: string, again: boolean): Promise<string | undefined> {
  const asked = turn.then(() => ask(`${again ? 'that was not it; ' : ''}passphrase for ${file}: `))
  turn = asked.catch(() => {})
  return asked
}

async function ask(question: string): Promise<string | undefined> {
  if (!canAsk()) return undefined
  const unseen = new Writable({write: (_chunk, _encoding, done) => done()})
  // the terminal echoes no more before anybody is asked to type
  const lines = createInterface({input: process.stdin, output: unseen, terminal: true})
  writeError(question)
  try {
    return await new Promise<string | undefined>(resolve => {
      lines.once('line', line => resolve(line === '' ? undefined : line))
      lines.once('SIGINT', () => resolve(undefined))
      lines.once('close', () => resolve(undefined))
    })
  } finally {
    lines.close()
    writeError('\n')
  }
}
