/** `riak admin ring-status`: the claimant, the pending changes by pair of nodes, and who cannot be reached. */

import {compareNodes, type NodeName, type PendingChange, partitionIndex, type Ring} from '../../ring/ring.ts'
import {printAfter} from '../erlang/pretty-term.ts'
import {printAtom} from '../erlang/print-term.ts'
import {atom, list} from '../erlang/term.ts'
import {isReady, type LabNode, membersWith, modules} from '../model/world.ts'
import {heading, rule} from './columns.ts'
import {peersOf, reachOf, waitFor} from './peers.ts'
import {type Asked, ok, type Spoken} from './run.ts'

/** What `riak_core_status:ring_status/0` says. */
export type RingStatus = {
  readonly claimant: NodeName
  /** undefined: the claimant does not answer */
  readonly ringReady: boolean | undefined
  /** members that refuse connections; those that are merely silent go unnoticed here */
  readonly down: readonly NodeName[]
  readonly markedDown: readonly NodeName[]
  readonly wait: number
}

export function ringStatus({world, node}: Asked): RingStatus {
  const {ring} = node.view
  const peers = peersOf(world, node)
  const claimant = world.nodes.get(ring.claimant)
  const answers = claimant && reachOf(world, node, ring.claimant) === 'up'
  const down = answers ? peers.refusing : [...new Set([...peers.refusing, ring.claimant])].sort(compareNodes)
  return {
    claimant: ring.claimant,
    ringReady: answers ? isReady(claimant) : undefined,
    down,
    markedDown: membersWith(ring, 'down'),
    wait: waitFor(peers, 1000) + (answers || peers.silent.length === 0 ? 0 : 5000),
  }
}

export function answerRingStatus(asked: Asked): Spoken {
  const status = ringStatus(asked)
  const unreachable = status.down.filter(name => !status.markedDown.includes(name))
  const text =
    claimantText(status) +
    heading(30, 'Ownership Handoff', 30) +
    ownershipText(asked.node, status.down) +
    heading(30, 'Unreachable Nodes', 30) +
    unreachableText(unreachable)
  return ok(text, status.wait)
}

const claimantText = ({claimant, ringReady}: RingStatus): string =>
  heading(34, 'Claimant', 35) +
  `Claimant:  ${printAtom(claimant)}\n` +
  `Status:     ${ringReady === undefined ? 'down' : 'up'}\n` +
  `Ring Ready: ${ringReady ?? 'unknown'}\n\n`

function ownershipText(node: LabNode, down: readonly NodeName[]): string {
  const {ring} = node.view
  if (ring.pending.length === 0) return 'No pending changes.\n\n'
  return `${pairsOf(ring)
    .map(pair => pairText(pair, ring.partitions, down))
    .join('')}\n`
}

type Pair = {readonly from: NodeName; readonly to: NodeName; readonly changes: PendingChange[]}

/** Sorted by owner, then by next owner. */
function pairsOf({pending}: Ring): Pair[] {
  const pairs = new Map<string, Pair>()
  for (const change of pending) {
    const {from, to} = change
    const pair = pairs.get(`${from} ${to}`) ?? {from, to, changes: []}
    pairs.set(`${from} ${to}`, pair)
    pair.changes.push(change)
  }
  return [...pairs.values()].sort((a, b) => compareNodes(a.from, b.from) || compareNodes(a.to, b.to))
}

function pairText({from, to, changes}: Pair, partitions: number, down: readonly NodeName[]): string {
  const gone = [from, to].filter(name => down.includes(name))
  const index = ({partition}: PendingChange): string => `Index: ${partitionIndex(partition, partitions)}\n`
  const body =
    gone.length > 0
      ? `\n${gone.map(name => `!!! ${name} is DOWN !!!\n`).join('')}\n${changes.map(index).join('')}`
      : changes.map(change => `\n${index(change)}${progressText(change)}`).join('')
  return `Owner:      ${from}\nNext Owner: ${to}\n${body}\n${rule}`
}

function progressText({done, status}: PendingChange): string {
  if (status === 'complete') return '  All transfers complete. Waiting for claimant to change ownership.\n'
  const waiting = modules.filter(module => !done.includes(module))
  const lists = `  Waiting on: [${waiting.join()}]\n`
  return done.length > 0 ? `${lists}  Complete:   [${done.join()}]\n` : lists
}

const unreachableText = (unreachable: readonly NodeName[]): string =>
  unreachable.length === 0
    ? 'All nodes are up and reachable\n\n'
    : `${printAfter('The following nodes are unreachable: ', list(unreachable.map(atom)))}

WARNING: The cluster state will not converge until all nodes
are up. Once the above nodes come back online, convergence
will continue. If the outages are long-term or permanent, you
can either mark the nodes as down (riak-admin down NODE) or
forcibly remove the nodes from the cluster (riak-admin
force-remove NODE) to allow the remaining nodes to settle.
`
