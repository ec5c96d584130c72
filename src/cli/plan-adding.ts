/** From names of hosts to a plan that lets them join. Only reads. */
import type {Host} from '../inventory/inventory.ts'
import {makePlan, type Plan} from '../plan/plan.ts'
import type {Change} from '../ring/changes.ts'
import type {Snapshot} from '../ring/snapshot.ts'
import type {Session} from './session.ts'

export type Planned = {
  readonly plan: Plan
  readonly snapshot: Snapshot
  /** what the operator should know, as hosts that are members already */
  readonly notes: readonly string[]
}

export async function planAdding(session: Session, names: readonly string[]): Promise<Planned> {
  const hosts = unique(session.hostsNamed(names))
  const {snapshot} = await session.ask({except: hosts})
  const member = (host: Host) =>
    snapshot.ring.members.find(({node, status}) => node === host.node && status !== 'invalid')
  const notes: string[] = []
  const changes: Change[] = []
  for (const host of hosts) {
    const status = member(host)?.status
    if (status === undefined) changes.push(...joinOf(host))
    else notes.push(`${host.name} is a member already (${host.node}, ${status})`)
  }
  return {plan: makePlan({cluster: session.inventory.cluster, snapshot, changes}), snapshot, notes}
}

const unique = (hosts: readonly Host[]): Host[] => [...new Set(hosts)]

const joinOf = ({node}: Host): Change[] => [{action: 'join', node}]
