/** Where journals and what ringup has changed are kept. */
import {type Stats, statSync} from 'node:fs'
import {homedir} from 'node:os'
import {join} from 'node:path'
import {OpsError} from '../errors.ts'

/**
 * `$RINGUP_STATE_DIR`, else `$XDG_STATE_HOME/ringup`. Throws an `OpsError` (exit 3) when somebody else could have
 * written what is there: runs are gone on with and limits are brought back as it says.
 */
export function stateDir(): string {
  const dir =
    process.env.RINGUP_STATE_DIR ||
    join(process.env.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'ringup')
  for (const folder of [dir, join(dir, 'runs'), join(dir, 'throttle')]) refuseShared(folder)
  return dir
}

function refuseShared(folder: string): void {
  let found: Stats
  try {
    found = statSync(folder)
  } catch {
    // whoever needs it says what is wrong
    return
  }
  const own = process.getuid?.() ?? found.uid
  if (found.uid !== own && found.uid !== 0)
    throw new OpsError('refused', `${folder} belongs to another user (uid ${found.uid})`, {
      hint: 'name a folder of your own: RINGUP_STATE_DIR',
    })
  if ((found.mode & 0o002) !== 0)
    throw new OpsError('refused', `everybody may write in ${folder}`, {hint: `chmod o-w ${folder}`})
}
