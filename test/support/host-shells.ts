/** Hosts whose scripts are run by shells of this machine, each in a folder of its own. */
import {spawnSync} from 'node:child_process'
import {chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {delimiter, join} from 'node:path'
import {afterEach, beforeEach} from 'vitest'
import type {Answer} from '../../src/riak/answers/answer.ts'
import type {Door} from '../../src/riak/door.ts'

function programOf(name: string): string | undefined {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map(folder => join(folder, name))
    .find(file => existsSync(file))
}

/** shells that a host may have as `sh` */
export const shells = ['dash', 'bash', 'busybox'].filter(name => programOf(name) !== undefined)

/** Above all hosts of the test that runs. */
export let folder: string

/** To be said once in a file, outside of its tests. */
export function eachTestItsHosts(): void {
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ringup-hosts-'))
    chmodSync(folder, 0o755)
  })
  afterEach(() => rmSync(folder, {recursive: true, force: true}))
}

export type Login = {readonly uid?: number; readonly sh?: string; readonly riak?: readonly string[]}

/** Logs in to a host as somebody, where `sh` is the shell that is named. */
export function door(host: string, {uid, sh = 'dash', riak = ['riak']}: Login = {}): Door {
  const ask = async (argv: readonly string[]): Promise<Answer> => {
    const tmp = join(folder, host, 'var/tmp')
    mkdirSync(tmp, {recursive: true})
    chmodSync(tmp, 0o1777)
    const [, ...words] = argv.map(word => (word.startsWith('/var/') ? join(folder, host, word) : word))
    const shell = programOf(sh) ?? '/bin/sh'
    const args = sh === 'busybox' ? ['sh', ...words] : words
    const {stdout, stderr, status, signal} = spawnSync(shell, args, {
      encoding: 'utf8',
      timeout: 10_000,
      argv0: sh === 'bash' ? 'sh' : undefined,
      ...(uid === undefined ? {} : {uid, gid: uid}),
    })
    // nothing is waited for
    if (signal) throw new Error(`${host} hangs`)
    return {stdout, stderr, code: status ?? undefined}
  }
  return {host, node: `riak@${host}`, riak, eval: true, dataDir: '/d', ask}
}
