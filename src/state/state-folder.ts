/**
 * Folders and files of the state directory: for their owner alone, or for the group that shares the directory, where an
 * administrator has made it so (group may write, others may not). The mode of the directory says which.
 */
import {chmodSync, closeSync, fsyncSync, mkdirSync, openSync, statSync} from 'node:fs'
import {join} from 'node:path'
import {OpsError} from '../errors.ts'

export type StateModes = {readonly folder: number; readonly file: number}

const forOwner: StateModes = {folder: 0o700, file: 0o600}
const forGroup: StateModes = {folder: 0o2770, file: 0o660}

export function stateModes(stateDir: string): StateModes {
  try {
    const {mode} = statSync(stateDir)
    return (mode & 0o022) === 0o020 ? forGroup : forOwner
  } catch {
    return forOwner
  }
}

/** The folder of that name in the state directory, made where it is not there. Throws an `OpsError` (exit 3) where it cannot be. */
export function stateFolder(stateDir: string, name: string): string {
  const folder = join(stateDir, name)
  return orUnwritable(stateDir, () => {
    mkdirSync(stateDir, {recursive: true, mode: 0o700})
    const {folder: mode} = stateModes(stateDir)
    // mkdir takes the umask into account, which is not what decides here
    if (mkdirSync(folder, {recursive: true, mode}) !== undefined) chmodSync(folder, mode)
    return folder
  })
}

/** Throws an `OpsError` (exit 3) where the state directory cannot be written to. */
export function orUnwritable<T>(stateDir: string, act: () => T): T {
  try {
    return act()
  } catch (error) {
    const {code} = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    throw new OpsError('refused', `the state directory ${stateDir} cannot be written to: ${code}`, {
      hint: 'free some space there, or name another directory: RINGUP_STATE_DIR=/path/to/it',
      cause: error,
    })
  }
}

/** A new file's name is safe only once its folder is. */
export function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}
