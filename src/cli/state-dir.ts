/** Where journals and what ringup has changed are kept. */
import {homedir} from 'node:os'
import {join} from 'node:path'

/** `$RINGUP_STATE_DIR`, else `$XDG_STATE_HOME/ringup`. */
export const stateDir = (): string =>
  process.env.RINGUP_STATE_DIR ||
  join(process.env.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'ringup')
