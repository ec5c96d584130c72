/** Where journals and what ringup has changed are kept. */
import {homedir} from 'node:os'
import {isAbsolute, join} from 'node:path'

/** `$RINGUP_STATE_DIR`, else as `xdgStateDir` says. */
export const stateDir = (environment: NodeJS.ProcessEnv = process.env): string =>
  environment.RINGUP_STATE_DIR || xdgStateDir(environment)

/** `$XDG_STATE_HOME/ringup`. The XDG specification wants a path that is not absolute to be passed over. */
export function xdgStateDir({XDG_STATE_HOME: home = ''}: NodeJS.ProcessEnv): string {
  return join(isAbsolute(home) ? home : join(homedir(), '.local', 'state'), 'ringup')
}
