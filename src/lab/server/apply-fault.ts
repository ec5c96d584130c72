/** Makes a fault happen: on the network, on a host, or in the model. */
import {OpsError} from '../../errors.ts'
import {claimantFor, clear, commit, plan, stage} from '../model/claimant.ts'
import {usedBytes} from '../model/disk.ts'
import {catchUp, publish} from '../model/gossip.ts'
import {setDirection, setTransferLimit} from '../model/handoff.ts'
import {kill, start, stop} from '../model/lifecycle.ts'
import {join} from '../model/membership.ts'
import {setReachable} from '../model/practice-ring.ts'
import {isUp, type LabNode, membersWith, presentIn, type World} from '../model/world.ts'
import type {Fault} from './faults.ts'
import {newKeyPair} from './keys.ts'
import {plant} from './plant.ts'
import type {SshHost} from './ssh-host.ts'

/** What a fault can reach of one host. */
export type FaultyHost = {
  readonly name: string
  readonly node: LabNode
  readonly ssh: SshHost
  /** for the few files that it really has */
  readonly folder: () => string
  /** whose a login's files really are, where logins are told apart */
  readonly uidOf: (user: string) => number | undefined
  /** ms of real time that every command takes longer */
  delay: number
  losing: {match: string; times: number} | undefined
  speaking: {match: string; times: number; words: string | undefined; act: boolean; exit: number} | undefined
}

export async function applyFault(world: World, hosts: readonly FaultyHost[], fault: Fault): Promise<void> {
  if (fault.fault === 'otherPlan') {
    world.twisted = fault.on
    return
  }
  if (fault.fault === 'foreign') {
    act(world, anyClaimant(world, hosts), fault.action)
    return
  }
  if (fault.fault === 'claimant') {
    moveClaimant(world, hosts, fault.host)
    return
  }
  const host = hosts.find(({name}) => name === fault.host)
  if (!host) throw new OpsError('usage', `the practice ring has no host ${fault.host}`)
  await applyToHost(world, hosts, host, fault)
}

type HostFault = Exclude<Fault, {fault: 'otherPlan' | 'foreign' | 'claimant'}>

async function applyToHost(
  world: World,
  hosts: readonly FaultyHost[],
  host: FaultyHost,
  fault: HostFault,
): Promise<void> {
  const {node, ssh} = host
  switch (fault.fault) {
    case 'unreachable':
      if (fault.riak !== false) setReachable(world, node, false)
      if (fault.how === 'silent') ssh.freeze()
      else await ssh.refuse()
      break
    case 'frozen':
      setReachable(world, node, false)
      ssh.freeze()
      break
    case 'reachable':
      setReachable(world, node, true)
      ssh.thaw()
      await ssh.listen()
      break
    case 'cut':
      ssh.cutAll()
      break
    case 'slow':
      host.delay = fault.ms
      break
    case 'loseAnswer':
      host.losing = {match: fault.match ?? '', times: fault.times ?? 1}
      break
    case 'otherWords':
      host.speaking = {
        match: fault.match,
        times: fault.times ?? 1,
        words: fault.words,
        act: fault.act ?? true,
        exit: fault.exit ?? 0,
      }
      break
    case 'hostKey':
      ssh.setHostKey(newKeyPair(host.name).privateKey)
      ssh.cutAll()
      break
    case 'plant':
      plant(host.folder(), node.name, fault)
      break
    case 'diskFull':
      node.disk.other += Math.max(0, node.disk.size - usedBytes(node, world.now) - (fault.free ?? 0))
      break
    case 'diskSize':
      node.disk.size = fault.size
      break
    case 'kill':
      kill(world, node)
      break
    case 'stop':
      stop(world, node)
      break
    case 'start':
      start(world, node)
      break
    case 'busy':
      if (fault.queue === 0) node.trouble.busy.delete(fault.partition ?? -1)
      else node.trouble.busy.set(fault.partition ?? -1, fault.queue)
      break
    case 'receiverTimeout':
      node.trouble.timesOut = fault.on
      break
    case 'oneSided': {
      const to = hosts.find(({name}) => name === fault.to)?.node.name ?? fault.to
      if (fault.on) node.trouble.cannotReach.add(to)
      else node.trouble.cannotReach.delete(to)
      break
    }
    case 'clock':
      node.trouble.clockAhead = fault.aheadMs
      break
    case 'version':
      node.trouble.version = fault.version
      break
    case 'deaf':
      node.trouble.deaf = fault.on
      if (!fault.on) catchUp(world, node)
      break
    case 'transferLimit':
      setTransferLimit(world, node, fault.limit)
      break
    case 'clusterLimit':
      node.clusterLimit = fault.limit
      break
    case 'handoff':
      setDirection(world, node, fault.way, fault.on)
      break
    case 'stage':
      stageForeign(world, hosts, host, fault)
  }
}

function stageForeign(
  world: World,
  hosts: readonly FaultyHost[],
  {node}: FaultyHost,
  fault: Extract<Fault, {fault: 'stage'}>,
): void {
  const claimant = anyClaimant(world, hosts)
  const other = 'with' in fault ? hosts.find(({name}) => name === fault.with)?.node : undefined
  if (fault.action === 'join') {
    const outcome = join(world, node, claimant.name)
    if (outcome !== 'staged') throw new OpsError('refused', `${node.name} cannot join: ${outcome}`)
    return
  }
  const {refused} = stage(
    world,
    claimant,
    fault.action === 'leave'
      ? {action: 'leave', node: node.name}
      : fault.action === 'location'
        ? {action: 'setLocation', node: node.name, location: fault.location}
        : {action: 'replace', node: node.name, with: other?.name ?? ''},
  )
  if (refused !== undefined) throw new OpsError('refused', `it cannot be staged: ${refused}`)
}

function act(world: World, claimant: LabNode, action: 'plan' | 'commit' | 'clear'): void {
  if (action === 'plan') plan(world, claimant)
  else if (action === 'commit') commit(world, claimant)
  else clear(world, claimant)
}

/** The claimant of the largest cluster. */
function anyClaimant(world: World, hosts: readonly FaultyHost[]): LabNode {
  const [largest] = hosts
    .map(({node}) => node)
    .filter(isUp)
    .sort((a, b) => presentIn(b.view.ring).length - presentIn(a.view.ring).length)
  const claimant = largest && claimantFor(world, largest)
  if (!claimant) throw new OpsError('refused', 'the practice ring has no claimant that answers')
  return claimant
}

function moveClaimant(world: World, hosts: readonly FaultyHost[], name: string | undefined): void {
  const old = anyClaimant(world, hosts)
  const {cluster} = old
  const valid = membersWith(cluster.ring, 'valid').filter(member => member !== old.name)
  const wanted = name === undefined ? undefined : hosts.find(host => host.name === name)?.node.name
  const next = wanted ?? valid[0]
  const node = next === undefined ? undefined : world.nodes.get(next)
  if (!node || !valid.includes(node.name))
    throw new OpsError('refused', 'no other member can be the claimant')
  publish(world, cluster, {...cluster.ring, claimant: node.name}, node)
}
