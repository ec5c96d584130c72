/** Where a practice ring lives when nobody says. */
import {join, resolve} from 'node:path'
import {xdgStateDir} from '../../cli/state-dir.ts'

export function labFolder(given: string | undefined, environment: NodeJS.ProcessEnv = process.env): string {
  const {RINGUP_LAB_DIR} = environment
  if (given !== undefined) return resolve(given)
  return RINGUP_LAB_DIR ? resolve(RINGUP_LAB_DIR) : join(xdgStateDir(environment), 'lab')
}
