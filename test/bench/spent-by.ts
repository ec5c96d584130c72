/** What a process and all its children took, told by the shell's own `time`. */
import {spawnSync} from 'node:child_process'

export type Spent = {
  /** seconds */
  readonly wall: number
  /** seconds, user and system */
  readonly cpu: number
  readonly stdout: string
}

/** @param more of the environment */
export function spentBy(argv: readonly string[], more: Readonly<Record<string, string>> = {}): Spent {
  const script = `TIMEFORMAT='@time %3R %3U %3S'; time "$@" 2>/dev/null`
  const {stdout, stderr} = spawnSync('bash', ['-c', script, 'bench', ...argv], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    env: {...process.env, ...more},
  })
  const [, wall, user, system] = /@time (\S+) (\S+) (\S+)/.exec(stderr)!.map(Number)
  return {wall: wall!, cpu: user! + system!, stdout}
}
