/** What another user of a host may put where ringup's lock lies: a fault of the few files that a practice host really has. */
import {spawnSync} from 'node:child_process'
import {chmodSync, lchownSync, mkdirSync, symlinkSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {claimBases} from '../../execute/lock-script.ts'
import type {Fault} from './faults.ts'

/** as root, what is planted is of a user whom nobody logs in as */
const stranger = 20_099

export function plant(
  folder: string,
  node: string,
  {thing, name = thing, bytes = ''}: Extract<Fault, {fault: 'plant'}>,
): void {
  const [team, everybody] = claimBases(node).map(base => join(folder, base)) as [string, string]
  const tmp = dirname(everybody)
  mkdirSync(tmp, {recursive: true, mode: 0o711})
  chmodSync(tmp, 0o1777)
  const path = `${everybody}.${name}`
  const precious = join(tmp, 'precious')
  switch (thing) {
    case 'file':
    case 'unreadable':
      writeFileSync(path, Buffer.from(bytes, 'base64'))
      if (thing === 'unreadable') chmodSync(path, 0o600)
      break
    case 'folder':
      mkdirSync(path)
      chmodSync(path, 0o777)
      break
    case 'fifo':
      spawnSync('mkfifo', ['-m', '666', path])
      break
    case 'link':
      writeFileSync(precious, 'precious')
      symlinkSync(precious, path)
      break
    case 'danglingLink':
      symlinkSync(join(tmp, 'nowhere'), path)
      break
    case 'unsafeFolder':
      mkdirSync(dirname(team), {recursive: true})
      chmodSync(dirname(team), 0o777)
      return
  }
  if (process.getuid?.() === 0) lchownSync(path, stranger, stranger)
}
