/** Where journals and what ringup has changed are kept. */
import {type Stats, statSync} from 'node:fs'
import {isAbsolute, join} from 'node:path'
import {OpsError} from '../errors.ts'
import {homeFolder} from '../who-is-here.ts'

/**
 * `$RINGUP_STATE_DIR`, else as `xdgStateDir` says. Throws an `OpsError` (exit 3) when somebody else could have written
 * what is there: runs are gone on with and limits are brought back as it says.
 */
export function stateDir(environment: NodeJS.ProcessEnv = process.env): string {
  const dir = environment.RINGUP_STATE_DIR || xdgStateDir(environment)
  for (const folder of [dir, join(dir, 'runs'), join(dir, 'throttle')]) refuseShared(folder)
  return dir
}

/** `$XDG_STATE_HOME/ringup`. The XDG specification wants a path that is not absolute to be passed over. */
export function xdgStateDir({XDG_STATE_HOME: home = ''}: NodeJS.ProcessEnv): string {
  return join(isAbsolute(home) ? home : join(homeFolder(), '.local', 'state'), 'ringup')
}

function refuseShared(folder: string): void {
  let found: Stats
  try {
    found = statSync(folder)
  } catch {
    // whoever needs it says what is wrong
    return
  }
  if ((found.mode & 0o002) !== 0)
    throw new OpsError('refused', `everybody may write in ${folder}`, {hint: `chmod o-w ${folder}`})
  const own = process.getuid?.() ?? found.uid
  if (found.uid === own || found.uid === 0 || isOurGroups(found)) return
  throw new OpsError('refused', `${folder} belongs to another user (uid ${found.uid})`, {
    hint: 'use a directory of your own (RINGUP_STATE_DIR=/path/to/it), or one that your group shares: chmod 2770',
  })
}

/** Shared by a group that this login is in, as its mode says. */
const isOurGroups = ({gid, mode}: Stats): boolean =>
  (mode & 0o020) !== 0 && [process.getegid?.(), ...(process.getgroups?.() ?? [])].includes(gid)
