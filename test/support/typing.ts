/** A person at a shell on a terminal, who types and looks at what comes. */
import {spawn} from 'node:child_process'

export type Typing = {
  /** Types a text, and waits until what is shown since then has `seen`; returns that. */
  readonly type: (text: string, seen: string) => Promise<string>
  /** Hangs up. */
  readonly leave: () => Promise<void>
}

/** @param command what runs on the terminal, of 80 columns and 24 rows */
export function typeInto(
  command: string,
  {cwd, env}: {readonly cwd: string; readonly env: Readonly<Record<string, string>>},
): Typing {
  const child = spawn('script', ['-qfec', `stty cols 80 rows 24; exec ${command}`, '/dev/null'], {
    cwd,
    env: {TERM: 'xterm', ...env},
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  const ended = new Promise<void>(resolve => child.on('close', () => resolve()))
  let shown = ''
  let look = (): void => {}
  child.stdout.on('data', chunk => {
    shown += chunk
    look()
  })
  return {
    type: (text, seen) =>
      new Promise((resolve, reject) => {
        shown = ''
        const late = setTimeout(
          () => reject(new Error(`no ${seen} within 15 s, but ${JSON.stringify(shown)}`)),
          15_000,
        )
        look = () => {
          if (!shown.includes(seen)) return
          clearTimeout(late)
          look = () => {}
          resolve(shown)
        }
        child.stdin.write(text)
      }),
    leave: async () => {
      child.kill('SIGHUP')
      child.stdin.end()
      await ended
    },
  }
}
