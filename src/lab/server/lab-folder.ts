/** Where a practice ring lives when nobody says. */
import {homedir} from 'node:os'
import {join, resolve} from 'node:path'

export function labFolder(given: string | undefined, environment: NodeJS.ProcessEnv = process.env): string {
  const {RINGUP_LAB_DIR, XDG_STATE_HOME} = environment
  if (given !== undefined) return resolve(given)
  if (RINGUP_LAB_DIR) return resolve(RINGUP_LAB_DIR)
  return join(XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'ringup', 'lab')
}
