/** Whether one alone writes: what reached each host is held against the claims that lie there at that moment. */
import {lstatSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {lockTiming} from '../../src/execute/lock.ts'
import {claimBases, lockScript} from '../../src/execute/lock-script.ts'
import type {Lab} from '../../src/lab/server/start-lab.ts'

/** ms that a write may take from the last look at its lock to its host */
const flight = 1500

/** What was written without the lock, or with another's there as well; it grows. */
export function watchWriters(lab: Lab): readonly string[] {
  const wrong: string[] = []
  /** of a connection, whose claim it made */
  const tokens = new Map<number, string>()
  /** on a host, who have been told that they have the lock there, and have not given it back */
  const holders = new Map<string, Set<string>>(lab.hosts.map(({name}) => [name, new Set()]))
  /** of a token on a host, when it was told last that it still has the lock there */
  const kept = new Map<string, number>()
  const claimed = (host: string, token: string): boolean => isFresh(claimFile(lab, host, token))
  // a force that comes between the last look and the write cannot call the write back
  const isOnItsWay = (host: string, token: string): boolean =>
    Date.now() - (kept.get(`${token} ${host}`) ?? 0) < flight

  lab.onCommand(({host, connection, argv, kind, said}) => {
    const at = argv.indexOf(lockScript)
    if (at >= 0) {
      const token = argv[at + 5]!
      if (said === 'acquired') {
        tokens.set(connection, token)
        holders.get(host)!.add(token)
      }
      if (said === 'kept') kept.set(`${token} ${host}`, Date.now())
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
      if (!claimed(place, token) && !isOnItsWay(place, token))
        wrong.push(`${what} outside of the lock on ${place}`)
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
