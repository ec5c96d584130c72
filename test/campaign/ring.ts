/** What campaigns do to their practice ring, and look at in it. */
import type {Lab} from '../../src/lab/server/start-lab.ts'
import {finalOwners, type Plan} from '../../src/plan/plan.ts'

export const memberCount = ({node, hosts}: Lab): number =>
  node(hosts[0]!.name).cluster.ring.members.filter(({status}) => status !== 'invalid').length

/** How many partitions are not where a plan has them. */
export function misplaced({node, hosts}: Lab, plan: Plan): number {
  const {owners} = node(hosts[0]!.name).cluster.ring
  return finalOwners(plan).filter((owner, at) => owner !== owners[at]).length
}

/** A day's data, on every partition alike. @param ingest bytes a day, over all copies */
export function comeIn(lab: Lab, ingest: number): void {
  const {owners} = lab.node(lab.hosts[0]!.name).cluster.ring
  const each = ingest / owners.length
  for (const {name, node} of lab.hosts)
    for (const [partition, data] of lab.node(name).data)
      if (owners[partition] === node)
        lab.node(name).data.set(partition, {...data, bytes: Math.round(data.bytes + each)})
}
