/** Who may log in to the hosts of a practice ring: a first login, and colleagues with keys of their own. */

import {chmodSync} from 'node:fs'
import {newKeyPair} from './keys.ts'
import {type HostFile, type LabFiles, writeLabFiles} from './lab-files.ts'

export const firstLogin = 'riakops'

export type Logins = {
  /** by login */
  readonly publicKeys: ReadonlyMap<string, string>
  /** whose a login's files really are; undefined: this process's own, as all are where it may not make files of others */
  readonly uidOf: (login: string) => number | undefined
  /** writes what each needs to log in; colleagues' files have their names in theirs */
  readonly writeFiles: (
    dir: string,
    lab: {readonly hosts: readonly HostFile[]},
  ) => {readonly first: LabFiles; readonly inventories: ReadonlyMap<string, string>}
}

export function newLogins(colleagues: readonly string[] = []): Logins {
  const names = [firstLogin, ...colleagues]
  const keys = names.map(newKeyPair)
  const isTold = colleagues.length > 0 && process.getuid?.() === 0
  return {
    publicKeys: new Map(names.map((name, at) => [name, keys[at]!.publicKey])),
    uidOf: login => (isTold ? 20_001 + names.indexOf(login) : undefined),
    writeFiles: (dir, lab) => {
      const files = names.map((user, at) =>
        writeLabFiles(dir, {...lab, user, clientKey: keys[at]!}, at === 0 ? '' : `-${user}`),
      )
      // the hosts' few files are below, and whoever logs in may come that far
      if (isTold) chmodSync(dir, 0o711)
      return {
        first: files[0]!,
        inventories: new Map(names.map((name, at) => [name, files[at]!.inventory])),
      }
    },
  }
}
