/** Runs an argv on this machine, with the paths it works on below a folder: a host's shell for tests without SSH. */
import {spawnSync} from 'node:child_process'
import {mkdirSync} from 'node:fs'
import {dirname, join} from 'node:path'
import type {Answer} from '../../src/riak/answers/answer.ts'

export async function runReally(folder: string, argv: readonly string[]): Promise<Answer> {
  const [program, ...args] = argv.map(word => (word.startsWith('/var/') ? join(folder, word) : word))
  // the folder that an administrator may have prepared is not there by itself
  for (const word of args)
    if (word.startsWith(join(folder, 'var/tmp'))) mkdirSync(dirname(word), {recursive: true})
  const {status, stdout, stderr} = spawnSync(program!, args, {encoding: 'utf8'})
  return {stdout, stderr, code: status ?? undefined}
}
