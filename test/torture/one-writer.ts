/** Whether one alone writes: what reached each host is held against the claims that lie there at that moment. */
import {lstatSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {lockTiming} from '../../src/execute/lock.ts'
import {claimBases, lockScript} from '../../src/execute/lock-script.ts'
import type {Lab} from '../../src/lab/server/start-lab.ts'

/** What was written without the lock, or with another's there as well; it grows. */
export function watchWriters(lab: Lab): readonly string[] {
  const wrong: string[] = []
  /** of a connection, whose claim it made */
  const tokens = new Map<number, string>()
  /** on a host, who have been told that they have the lock there, and have not given it back */
  const holders = new Map<string, Set<string>>(lab.hosts.map(({name}) => [name, new Set()]))
  const claimed = (host: string, token: string): boolean => isFresh(claimFile(lab, host, token))

  lab.onCommand(({host, connection, argv, kind, said}) => {
    const at = argv.indexOf(lockScript)
    if (at >= 0) {
      const token = argv[at + 5]!
      if (said === 'acquired') {
        tokens.set(connection, token)
        holders.get(host)!.add(token)
      }
      if (said === 'released' || said === 'lost') holders.get(host)!.delete(token)
    }
    if (kind !== 'write') return
    const what = `${argv.slice(1).join(' ')} on ${host}`
    const token = tokens.get(connection)
    if (token === undefined) {
      wrong.push(`${what} by one who never had its lock`)
      return
    }
    for (const place of new Set([host, claimantOf(lab)])) {
      if (!claimed(place, token)) wrong.push(`${what} outside of the lock on ${place}`)
      const others = [...holders.get(place)!].filter(
        other => other !== token && claimed(place, other) && isAlive(claimFile(lab, place, other)),
      )
      if (others.length > 0) wrong.push(`${what} while another has the lock on ${place}`)
    }
  })
  return wrong
}

/** The claimant's host, as the members see it. */
function claimantOf(lab: Lab): string {
  const {claimant} = lab.node('r01').cluster.ring
  return lab.hosts.find(({node}) => node === claimant)!.name
}

function claimFile(lab: Lab, host: string, token: string): string {
  const {node} = lab.hosts.find(({name}) => name === host)!
  return join(lab.dir, 'hosts', host, `${claimBases(node)[1]}.${token}`)
}

function isFresh(file: string): boolean {
  const found = lstatSync(file, {throwIfNoEntry: false})
  return found !== undefined && Date.now() - found.mtimeMs < lockTiming.stale
}

/** Whether who has made a claim is still there: the claim of one who was killed is nobody's, and all of them are ours. */
function isAlive(file: string): boolean {
  const [, record = '{}'] = readFileSync(file, 'utf8').split('\n')
  try {
    return process.kill((JSON.parse(record) as {pid: number}).pid, 0)
  } catch {
    return false
  }
}
