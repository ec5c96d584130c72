/**
 * What is to change so that hosts are as asked: pure. Only where the ring is as asked already is there nothing to do;
 * what cannot be done is refused by name, with what can be.
 */
import {OpsError} from '../errors.ts'
import type {Change} from '../ring/changes.ts'
import type {NodeName} from '../ring/ring.ts'
import {presentMembers, type Snapshot, unreachableMembers} from '../ring/snapshot.ts'
import {counted} from '../units.ts'

/** A host that is asked for: its node, and where it stands or is to stand. */
export type Named = {
  readonly name: string
  readonly node: NodeName
  readonly location?: string | undefined
  /** the words before `ping` */
  readonly riak: {readonly command: readonly string[]}
}

export type Asked = {
  readonly adding: readonly Named[]
  readonly leaving: readonly Named[]
  readonly replacing: readonly {readonly old: Named; readonly fresh: Named}[]
  /** stage the locations of the hosts; undefined: when the cluster has locations already */
  readonly locations: boolean | undefined
  /** all that the inventory has: a member that is away is no reason to refuse, its plan says so */
  readonly everything: boolean
}

/** Throws an `OpsError` (exit 3) for a host of which what was asked cannot be. */
export function changesAsked(
  snapshot: Snapshot,
  {adding, leaving, replacing, locations, everything}: Asked,
): {changes: Change[]; notes: string[]} {
  const standing = standings(snapshot)
  const notes: string[] = []
  const changes: Change[] = []
  const joined = new Set<NodeName>()
  const join = (host: Named): void => {
    const {name, node} = host
    const standingNow = standing.of(node)
    if (standingNow !== 'none') {
      if (standingNow !== 'member' && !everything) standing.refuseJoin(host)
      notes.push(`${name} is a member already (${node})`)
    } else if (!joined.has(node)) {
      joined.add(node)
      changes.push({action: 'join', node})
    }
  }
  for (const host of adding) join(host)
  for (const host of leaving) {
    if (standing.of(host.node) === 'none') notes.push(`${host.name} is not a member (${host.node})`)
    else {
      standing.refuseLeave(host)
      changes.push({action: 'leave', node: host.node})
    }
  }
  for (const {old, fresh} of replacing) {
    const [was, is] = [standing.of(old.node), standing.of(fresh.node)]
    if (was === 'none' && is === 'member')
      notes.push(`${old.name} is not a member (${old.node}), and ${fresh.name} is one (${fresh.node})`)
    else if (was === 'none')
      throw new OpsError(
        'refused',
        `${old.name} is not a member (${old.node}): there is nothing that ${fresh.name} could take over`,
        {hint: `let it join instead: ringup add ${fresh.name}`},
      )
    else {
      standing.refuseLeave(old)
      if (is === 'member')
        throw new OpsError(
          'refused',
          `${fresh.name} is a member already (${fresh.node}): only a host that joins can take the place of ${old.name}`,
          {hint: `let it leave instead: ringup leave ${old.name}`},
        )
      join(fresh)
      changes.push({action: 'replace', node: old.node, with: fresh.node})
    }
  }
  // under the default claim a location moves nearly everything a second time: never by surprise
  const located = adding.filter(({node, location}) => joined.has(node) && location !== undefined)
  if (stagesLocations(snapshot, locations))
    for (const {node, location} of located) changes.push({action: 'setLocation', node, location: location!})
  else if (located.length > 0 && locations === undefined)
    notes.push(
      'the locations of the inventory are left out: the cluster has none, and its claim would move nearly everything for them (--locations stages them)',
    )
  return {changes, notes: everything ? [] : notes}
}

/** Whether new nodes' locations are staged: as asked, else where the cluster has locations or its claim uses them. */
export const stagesLocations = ({ring, claim}: Snapshot, asked: boolean | undefined): boolean =>
  asked ?? (Object.keys(ring.locations).length > 0 || (claim !== 'unknown' && claim.claim === 'v4'))

/** `member`: valid, and the others reach it; `away`: marked as down, or not reached */
type Standing = 'none' | 'member' | 'away' | 'joining' | 'leaving' | 'exiting'

function standings(snapshot: Snapshot) {
  const {ring} = snapshot
  const statuses = new Map(presentMembers(ring).map(({node, status}) => [node, status]))
  const unreached = new Set(unreachableMembers(snapshot))
  const of = (node: NodeName): Standing => {
    const status = statuses.get(node)
    if (status === undefined || status === 'invalid') return 'none'
    if (status === 'down' || (status === 'valid' && unreached.has(node))) return 'away'
    return status === 'valid' ? 'member' : status
  }
  const whereItIs = ({name, node}: Named): string => {
    const owned = ring.owners.filter(owner => owner === node).length
    return `${name} is a member that is down (${node}, ${owned} of ${counted(ring.partitions, 'partition')})`
  }
  const ping = ({name, riak}: Named): string => `ringup exec ${name} -- ${riak.command.join(' ')} ping`
  const going = (host: Named, status: string, so: string): OpsError =>
    new OpsError('refused', `${host.name} is ${status} already (${host.node}): ${so}`, {
      hint: 'wait until it is gone: ringup watch --until settled',
    })
  return {
    of,
    refuseJoin(host: Named): void {
      const standing = of(host.node)
      if (standing === 'away')
        throw new OpsError(
          'refused',
          `${whereItIs(host)}: a host that was reinstalled cannot join under the name of a member`,
          {
            hint: `if its data is still there, start Riak on it; if not, see "a host that was reinstalled" in docs/when-things-go-wrong/member-down.md. Look first: ${ping(host)}`,
          },
        )
      if (standing === 'joining')
        throw new OpsError(
          'refused',
          `${host.name} is joining already (${host.node}): its join is staged and not committed`,
          {hint: 'see which run staged it: ringup status'},
        )
      if (standing !== 'none' && standing !== 'member')
        throw going(host, standing, 'it cannot join again before it is gone')
    },
    refuseLeave(host: Named): void {
      const standing = of(host.node)
      // one that is only not reached is planned, and the plan is blocked by it
      if (statuses.get(host.node) === 'down')
        throw new OpsError(
          'refused',
          `${whereItIs(host)}: Riak lets no member leave that is marked as down, and what it has can only be handed off while it runs`,
          {
            hint: `start Riak there first; if it is gone for good, see docs/when-things-go-wrong/member-down.md. Look first: ${ping(host)}`,
          },
        )
      if (standing === 'leaving' || standing === 'exiting')
        throw going(host, standing, 'what it has is still moving away')
      if (statuses.size === 1)
        throw new OpsError('refused', `${host.name} is the only member (${host.node}): it cannot leave`, {
          hint: 'let another host join first: ringup add HOST',
        })
    },
  }
}
