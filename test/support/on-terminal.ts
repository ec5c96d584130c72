/** The built CLI on a terminal of its own (`script`), with colours; everything that was written to it, byte for byte. */
import {spawn} from 'node:child_process'
import {fileURLToPath} from 'node:url'
import type {Home} from './ringup.ts'

const program = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url))

const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`

/** @param keys typed `after` ms */
export async function onTerminal(
  home: Home,
  args: readonly string[],
  {
    keys,
    after = 2000,
    env = {},
  }: {keys?: string | undefined; after?: number; env?: Readonly<Record<string, string>>} = {},
): Promise<string> {
  const child = spawn(
    'script',
    [
      '-qec',
      `stty columns 120 rows 40; ${[process.execPath, program, ...args].map(quoted).join(' ')}`,
      '/dev/null',
    ],
    {
      env: {PATH: process.env.PATH!, HOME: home.path, LANG: 'C.UTF-8', TERM: 'xterm-256color', ...env},
      stdio: ['pipe', 'pipe', 'ignore'],
      timeout: 60_000,
    },
  )
  const chunks: Buffer[] = []
  child.stdout.on('data', chunk => chunks.push(chunk))
  const typing = setTimeout(() => child.stdin.write(keys ?? ''), after)
  await new Promise(resolve => child.once('close', resolve))
  clearTimeout(typing)
  return Buffer.concat(chunks).toString('utf8')
}
