/** The commands that stage, show, commit and drop cluster changes: Riak's words for what the model did. */

import type {Change, Refusal} from '../../ring/changes.ts'
import type {NodeName} from '../../ring/ring.ts'
import {printAfter} from '../erlang/pretty-term.ts'
import {printAtom} from '../erlang/print-term.ts'
import {atom, list, type Term, tuple} from '../erlang/term.ts'
import {claimantFor, clear, commit, plan, stage} from '../model/claimant.ts'
import {type JoinRefusal, join, markDown} from '../model/membership.ts'
import {presentIn} from '../model/world.ts'
import {planText} from './cluster-plan.ts'
import {awayOf, peersOf, reachOf, waitFor} from './peers.ts'
import {type Asked, crashed, failed, ok, type Spoken} from './run.ts'

/** ms until a name that leads nowhere is given up */
const connectTimeout = 4000

export function answerJoin({world, node}: Asked, target: NodeName): Spoken {
  const outcome = join(world, node, target)
  if (outcome === 'staged')
    return ok(`Success: staged join request for ${printAtom(node.name)} to ${printAtom(target)}\n`)
  const isKnown = world.nodes.has(target) && reachOf(world, node, target) !== 'silent'
  const wait = outcome === 'not-reachable' && target.includes('@') && !isKnown ? connectTimeout : 0
  return failed(joinRefusals[outcome](target), wait)
}

const joinRefusals: Readonly<Record<JoinRefusal, (target: NodeName) => string>> = {
  'not-reachable': target => `Node ${target} is not reachable!\n`,
  'different-ring-size': target => `Failed: ${target} has a different ring_creation_size\n`,
  'no-ring': target => `Failed: Unable to get ring from ${target}\n`,
  'not-single': () => 'Failed: This node is already a member of a cluster\n',
  'self-join': () => 'Failed: This node cannot join itself in a cluster\n',
  'still-starting': () => 'Join failed. Try again in a few moments.\n',
}

export const answerLeave = (asked: Asked, name: NodeName): Spoken =>
  answerStaging(
    asked,
    {action: 'leave', node: name},
    {
      done: `Success: staged leave request for ${printAtom(name)}\n`,
      unable: 'Leave failed, see log for details\n',
      verb: 'leave',
    },
  )

export const answerRemove = (asked: Asked, name: NodeName): Spoken =>
  answerStaging(
    asked,
    {action: 'remove', node: name},
    {
      done: `Success: staged remove request for ${printAtom(name)}\n`,
      unable: 'Remove failed, see log for details\n',
      verb: 'remove',
    },
  )

export const answerReplace = (asked: Asked, name: NodeName, replacement: NodeName): Spoken =>
  answerStaging(
    asked,
    {action: 'replace', node: name, with: replacement},
    {
      done: `Success: staged replacement of ${printAtom(name)} with ${printAtom(replacement)}\n`,
      unable: 'Node replacement failed, see log for details\n',
      verb: 'replace',
    },
  )

export const answerForceReplace = (asked: Asked, name: NodeName, replacement: NodeName): Spoken =>
  answerStaging(
    asked,
    {action: 'forceReplace', node: name, with: replacement},
    {
      done: `Success: staged forced replacement of ${printAtom(name)} with ${printAtom(replacement)}\n`,
      unable: 'Forced node replacement failed, see log for details\n',
      verb: 'replace',
    },
  )

type Words = {readonly done: string; readonly unable: string; readonly verb: string}

function answerStaging({world, node}: Asked, change: Change, {done, unable, verb}: Words): Spoken {
  const claimant = claimantFor(world, node)
  if (!claimant) return failed(unable)
  const {refused} = stage(world, claimant, change)
  return refused === undefined ? ok(done) : refusalText(change, refused, verb)
}

function refusalText(change: Change, reason: Refusal['reason'], verb: string): Spoken {
  const name = printAtom(change.node)
  const other = 'with' in change ? printAtom(change.with) : ''
  switch (reason) {
    case 'already_leaving':
      return ok(`${name} is already in the process of leaving the cluster.\n`)
    case 'only_member':
      return failed(`Failed: ${name} is the only member.\n`)
    case 'already_replacement':
      return failed(`Failed: ${other} is already staged to replace another node.\n`)
    case 'invalid_replacement':
      return failed(
        `Failed: ${other} is not a valid replacement candidate.\nOnly newly joining nodes can be used for replacement.\n`,
      )
    case 'is_claimant':
      return failed(claimantRefusal(name, verb))
    default:
      return failed(`Failed: ${name} is not a member of the cluster.\n`)
  }
}

const claimantRefusal = (name: string, verb: string): string =>
  `Failed: ${name} is the claimant (see: riak-admin ring_status).
The claimant is the node responsible for initiating cluster changes,
and cannot forcefully ${verb} itself. You can use 'riak-admin down' to
mark the node as offline, which will trigger a new claimant to take
over.  However, this will clear any staged changes.
`

const notConverged = (verb: 'plan' | 'commit'): string =>
  `Cannot ${verb} until cluster state has converged.\nCheck 'Ring Ready' in 'riak-admin ring_status'\n`

export function answerPlan({world, node}: Asked): Spoken {
  const claimant = claimantFor(world, node)
  if (!claimant) return claimantDown({world, node}, 'plan')
  const planned = plan(world, claimant)
  if (planned.outcome === 'not-ready') return ok(notConverged('plan'))
  if (planned.outcome === 'resize') return ok(resizeRefusal)
  if (planned.outcome === 'crash') return crashed(node, plannerCrash(claimant.name, 'plan'))
  const {fullRebalanceOnLeave} = world.settings.claim
  return ok(planText({...planned.plan, fullRebalanceOnLeave, quoted: world.settings.release.quoted}))
}

export function answerCommit({world, node}: Asked): Spoken {
  const claimant = claimantFor(world, node)
  if (!claimant) return claimantDown({world, node}, 'commit')
  return ok(commitTexts[commit(world, claimant)])
}

const commitTexts = {
  committed: 'Cluster changes committed\n',
  'nothing-planned': "You must verify the plan with 'riak-admin cluster plan' before committing\n",
  'plan-changed': "The plan has changed. Verify with 'riak-admin cluster plan' before committing\n",
  'not-ready': notConverged('commit'),
  'not-claimant':
    'Unable to commit cluster changes. Plan may have changed, please verify the\nplan and try to commit again\n',
} as const

export function answerClear({world, node}: Asked): Spoken {
  const claimant = claimantFor(world, node)
  if (!claimant) return failed('Failed to clear staged cluster changes, see log for details\n')
  clear(world, claimant)
  return ok('Cleared staged cluster changes\n')
}

/** The call goes from node to node, and nothing catches its end. */
function claimantDown({node}: Asked, call: 'plan' | 'commit'): Spoken {
  const name = node.view.ring.claimant
  return crashed(node, exitOf(tuple(atom('nodedown'), atom(name)), name, call))
}

const plannerCrash = (claimant: NodeName, call: string): Term =>
  exitOf(tuple(atom('badarith'), list([])), claimant, call)

const exitOf = (reason: Term, claimant: NodeName, call: string): Term =>
  tuple(
    atom('EXIT'),
    tuple(
      reason,
      tuple(
        atom('gen_server'),
        atom('call'),
        list([tuple(atom('riak_core_claimant'), atom(claimant)), atom(call), atom('infinity')]),
      ),
    ),
  )

export function answerDown({world, node}: Asked, name: NodeName): Spoken {
  const shown = JSON.stringify(name)
  switch (markDown(world, node, name)) {
    case 'down':
      return ok(`Success: ${shown} marked as down\n`)
    case 'is-up':
      return failed(`Failed: ${name} is up\n`)
    case 'only-member':
      return failed(`Failed: ${shown} is the only member.\n`)
    case 'not-member':
      return failed(`Failed: ${shown} is not a member of the cluster.\n`)
  }
}

export function answerResize({world, node}: Asked, size: string): Spoken {
  const {partitions, pending} = node.view.ring
  if (size === 'abort') return failed('Failed: ring is not resizing or resize has completed\n')
  if (!/^-?\d+$/.test(size)) return ok('Failed: Ring size must be an integer.\n')
  const claimant = claimantFor(world, node)
  if (!claimant) return failed('Resize ring request failed, see log for details\n')
  if (Number(size) === partitions) return failed(`Failed: current ring size is already ${size}\n`)
  if (presentIn(node.view.ring).length === 1) return failed('Failed: cannot resize single node\n')
  if (pending.length > 0) return failed('Failed: there are pending changes. Try again once completed\n')
  claimant.memory.resize = Number(size)
  return ok(`Success: staged resize ring request with new size: ${size}\n`)
}

/** A ring that is being resized is not practised here: what Riak says when it finds no owners for the new one. */
const resizeRefusal = `Unable to claim some partitions in resized ring.
Check that there are no pending changes in 'riak-admin ring-status'
If there are, try again once they are completed
Otherwise try again shortly.
`

/** Whether all members that can be asked have the same owners. */
export function answerRingReady({world, node}: Asked): Spoken {
  const peers = peersOf(world, node)
  const away = awayOf(node, peers)
  const wait = waitFor(peers, 30_000)
  if (away.length > 0)
    return failed(`${printAfter('FALSE ', nodeList(away))} down.  All nodes need to be up to check.\n`, wait)
  const owners = peers.up.map(({view}) => view.ring.owners.join())
  const other = owners.findIndex(text => text !== owners[0])
  if (other > 0) {
    const [first, second] = [peers.up[0]!, peers.up[other]!].map(({name}) => printAtom(name))
    return failed(`FALSE Node ${first} and ${second} list different partition owners\n`)
  }
  const names = peers.up.map(({name}) => name)
  return ok(`${printAfter('TRUE All nodes agree on the ring ', nodeList(names))}\n`)
}

const nodeList = (names: readonly NodeName[]): Term => list(names.map(atom))
