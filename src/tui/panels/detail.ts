/** One node or one partition by itself. */
import {type Look, wrapped, wrappedList} from '../../report/kit/look.ts'
import {preflists, quorum, type Scene} from '../../watch/scene.ts'

export function nodeDetail({snapshot, status}: Scene, node: string, look: Look): string[] {
  if (!snapshot || !status) return []
  const {owners, pending} = snapshot.ring
  const owned = owners.flatMap((owner, at) => (owner === node ? [String(at)] : []))
  const list = (items: readonly string[]): string =>
    items.length === 0
      ? 'none'
      : wrappedList(items, look.columns - 14).replaceAll('\n', `\n${' '.repeat(14)}`)
  const member = status.members.find(one => one.node === node)
  return [
    `  ${node}${member?.claimant ? ', the claimant' : ''}: ${member?.status ?? '?'}, ${member?.up ? 'answers' : 'DOES NOT ANSWER'}, Riak ${member?.version ?? '?'}`,
    `  owns        ${list(owned)}`,
    `  is to get   ${list(pending.filter(({to}) => to === node).map(({partition, from}) => `${partition} from ${from}`))}`,
    `  is to give  ${list(pending.filter(({from}) => from === node).map(({partition, to}) => `${partition} to ${to}`))}`,
  ].flatMap(line => line.split('\n'))
}

export function partitionDetail({snapshot}: Scene, partition: number, nVal: number, look: Look): string[] {
  if (!snapshot) return []
  const {owners, pending} = snapshot.ring
  const entry = pending.find(one => one.partition === partition)
  const up = new Set(snapshot.nodes.map(({node}) => node))
  const list = preflists(snapshot, nVal)[partition]
  if (!list) return []
  return [
    `  partition ${partition} of ${owners.length}: owned by ${owners[partition]}${entry ? `, next ${entry.to} (${entry.status})` : ''}`,
    `  preference list for n_val ${nVal}, of keys that begin here:`,
    ...list.owners.map(
      (node, at) =>
        `    ${(partition + at) % owners.length}  ${node}${up.has(node) ? '' : '  DOES NOT ANSWER'}`,
    ),
    wrapped(`  ${list.up} of ${nVal} can be reached; a quorum is ${quorum(nVal)}`, look.columns),
  ]
}
