/** Where a practice ring lives, and whether a folder may become its place. */
import {readdirSync, readFileSync} from 'node:fs'
import {join, resolve} from 'node:path'
import {OpsError} from '../../errors.ts'
import {quoteArgv} from '../../ssh/quote.ts'
import {xdgStateDir} from '../../state/state-dir.ts'

export function labFolder(given: string | undefined, environment: NodeJS.ProcessEnv = process.env): string {
  const {RINGUP_LAB_DIR} = environment
  if (given !== undefined) return resolve(given)
  return RINGUP_LAB_DIR ? resolve(RINGUP_LAB_DIR) : join(xdgStateDir(environment), 'lab')
}

/** How the practice ring of a folder is ended, to be pasted. */
export const downWords = (dir: string): string =>
  dir === labFolder(undefined) ? 'ringup lab down' : `ringup lab down --dir ${quoteArgv([dir])}`

/** The first line of a practice ring's inventory: its folder is known by it. */
export const labMark = '# A practice ring on this machine, made by: ringup lab up'

/** What is in its folder before the inventory is. */
const early = /^(?:lab\.log|lab\.pid|control\.sock)$/

/**
 * Throws an `OpsError` (exit 64) for a folder with files that no practice ring has made: an inventory, keys and known
 * hosts are written there, and they may be somebody's own.
 */
export function refuseForeignFolder(dir: string): void {
  let names: string[]
  try {
    names = readdirSync(dir)
  } catch (error) {
    const {code} = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return
    throw new OpsError('usage', `${dir} cannot be a practice cluster's folder: ${code}`, {cause: error})
  }
  if (names.every(name => early.test(name)) || isOfLab(dir)) return
  throw new OpsError('usage', `${dir} has files in it that no practice cluster has made`, {
    hint: `name an empty folder: ringup lab up --dir ${join(dir, 'lab')}`,
  })
}

function isOfLab(dir: string): boolean {
  try {
    return readFileSync(join(dir, 'inventory.yaml'), 'utf8').startsWith(labMark)
  } catch {
    return false
  }
}
