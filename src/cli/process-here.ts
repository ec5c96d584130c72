/** What is known of a process by the host and the id it gave. */
import {hostname} from 'node:os'

type Named = {readonly host: string; readonly pid: number}

/** `unknown`: on another host, which cannot be told from here. */
export function processHere({host, pid}: Named): 'there' | 'gone' | 'unknown' {
  if (host !== hostname()) return 'unknown'
  try {
    process.kill(pid, 0)
    return 'there'
  } catch (error) {
    const {code} = error as NodeJS.ErrnoException
    // EPERM: another user's
    return code === 'ESRCH' ? 'gone' : code === 'EPERM' ? 'there' : 'unknown'
  }
}
