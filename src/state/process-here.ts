/** Which process this is, and what is known of one by what it said of itself. */
import {readFileSync, readlinkSync} from 'node:fs'
import {hostname} from 'node:os'

export type ProcessId = {
  readonly host: string
  readonly pid: number
  /** which start of which machine, which space of ids in it, and when the process began there; missing: it could not tell */
  readonly process?: string
}

export const thisProcess = (): ProcessId => {
  const said = processOf(process.pid)
  return {host: hostname(), pid: process.pid, ...(said === undefined ? {} : {process: said})}
}

/** `unknown`: it runs where it cannot be seen from here, or may do so. */
export function processHere({host, pid, process: said}: ProcessId): 'there' | 'gone' | 'unknown' {
  const here = said === undefined ? undefined : machine()
  // machines and containers may have one name; what the kernel says of itself is its own
  if (said !== undefined && here !== undefined ? !said.startsWith(`${here} `) : host !== hostname())
    return 'unknown'
  try {
    process.kill(pid, 0)
  } catch (error) {
    const {code} = error as NodeJS.ErrnoException
    if (code === 'ESRCH') return 'gone'
    // EPERM: another user's
    if (code !== 'EPERM') return 'unknown'
  }
  // the id may be another process's by now; and one that has ended is there until its parent has looked
  return said !== undefined && here !== undefined && (processOf(pid) ?? said) !== said ? 'gone' : 'there'
}

/** Linux: this start of the machine, and the space that ids of processes count in. */
function machine(): string | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`
  } catch {
    return undefined
  }
}

function processOf(pid: number): string | undefined {
  const here = machine()
  if (here === undefined) return undefined
  try {
    // the name of a program may have blanks and parentheses: what follows it has not
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const [state, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return `${here} ${state === 'Z' || state === 'X' ? 'ended' : rest[18]}`
  } catch {
    return undefined
  }
}
