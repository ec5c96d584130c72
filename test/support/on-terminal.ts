/** The built CLI on a terminal of its own (`script`), with colours; everything that was written to it, byte for byte. */
import {spawn} from 'node:child_process'
import {fileURLToPath} from 'node:url'
import {type Home, noSshConfig} from './ringup.ts'

const program = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url))

const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`

export type Typing = {
  readonly keys?: string | undefined
  /** what is to be seen before they are typed; else they are typed after two seconds */
  readonly seen?: RegExp
  readonly env?: Readonly<Record<string, string>>
  /** what happens elsewhere before they are typed */
  readonly before?: () => Promise<unknown>
}

export async function onTerminal(
  home: Home,
  args: readonly string[],
  {keys, seen, env = {}, before = async () => {}}: Typing = {},
): Promise<string> {
  const command = [process.execPath, program, ...args].map(quoted).join(' ')
  const child = spawn('script', ['-qec', `stty columns 120 rows 40; ${command}`, '/dev/null'], {
    cwd: home.path,
    env: {
      PATH: process.env.PATH!,
      HOME: home.path,
      LANG: 'C.UTF-8',
      TERM: 'xterm-256color',
      RINGUP_SSH_CONFIG: noSshConfig,
      ...env,
    },
    stdio: ['pipe', 'pipe', 'ignore'],
    timeout: 60_000,
  })
  let typed = keys === undefined
  const type = (): void => {
    if (!typed) void before().then(() => child.stdin.write(keys!))
    typed = true
  }
  const chunks: Buffer[] = []
  child.stdout.on('data', chunk => {
    chunks.push(chunk)
    if (seen?.test(Buffer.concat(chunks).toString('utf8'))) type()
  })
  const timer = seen ? undefined : setTimeout(type, 2000)
  await new Promise(resolve => child.once('close', resolve))
  clearTimeout(timer)
  return Buffer.concat(chunks).toString('utf8')
}
