/** Looks at a cluster for a while, asks the hosts that take part, and says why handoff does not go on. Only reads. */

import {randomBytes} from 'node:crypto'
import type {RingupCommand} from '../cli/command.ts'
import {writeError} from '../cli/output.ts'
import {stdoutLook} from '../cli/terminal.ts'
import {exitCodes, isOpsError, OpsError} from '../errors.ts'
import type {Session} from '../fleet/fleet.ts'
import {nowAndThen} from '../now-and-then.ts'
import {jsonText} from '../printable.ts'
import {diagnosisText} from '../report/cluster/diagnosis-text.ts'
import {readTransfers} from '../riak/answers/transfers.ts'
import {adminWords, dialectOf} from '../riak/dialect.ts'
import type {Door} from '../riak/door.ts'
import {askFacts, type HostFacts} from '../riak/host/host-facts.ts'
import {askTrouble, type Trouble} from '../riak/host/trouble.ts'
import {readCommands} from '../riak/query.ts'
import {askCluster} from '../riak/ring/ask-cluster.ts'
import {askQueues, type VnodeQueue} from '../riak/ring/vnode-queues.ts'
import {presentMembers, type Snapshot} from '../ring/snapshot.ts'
import {slots} from '../ssh/slots.ts'
import {tellDamaged} from '../state/runs.ts'
import {runBaseline} from '../state/runs-of-ring.ts'
import {refuseOther, writeWhole} from '../state/write-whole.ts'
import {formatDuration} from '../units.ts'
import {type Diagnosis, diagnose, type Evidence} from '../watch/diagnosis.ts'
import {movementOf} from '../watch/movement.ts'

export type DiagnoseRequest = {
  /** ms to look at most */
  readonly look: number
  /** ms between readings */
  readonly interval: number
  readonly bundle?: string | undefined
}

/** hosts that are asked beside the members that answer: as many as take part in what moves, and no more */
const mostHosts = 24
/** partitions whose queues are looked at, of each node */
const mostQueues = 8

export async function diagnoseCluster(
  command: RingupCommand,
  session: Session,
  {look, interval, bundle}: DiagnoseRequest,
): Promise<Diagnosis> {
  if (bundle !== undefined) refuseOther(bundle, 'diagnosis bundle')
  const {diagnosis, evidence} = await diagnosed(session, {look, interval}, text => command.say(text))
  command.print(diagnosisText(diagnosis, stdoutLook()))
  if (bundle !== undefined) {
    writeWhole(bundle, `${jsonText(bundleOf(diagnosis, evidence), 1)}\n`, 'diagnosis bundle')
    command.say(`written: ${bundle}`)
  }
  if (diagnosis.verdict === 'stalled' || diagnosis.verdict === 'looping') process.exitCode = exitCodes.stalled
  return diagnosis
}

/** What `diagnose` finds, for other commands as well. */
export async function diagnosed(
  session: Session,
  request: Pick<DiagnoseRequest, 'look' | 'interval'>,
  say: (text: string) => void,
): Promise<{diagnosis: Diagnosis; evidence: Evidence}> {
  const evidence = await gathered(session, await readAgain(session, request, say))
  return {diagnosis: diagnose(session.inventory.cluster, evidence), evidence}
}

/** At least three readings; no more once something has gone on, or when nothing is to move. */
async function readAgain(
  {doors, inventory, clock}: Session,
  {look, interval}: Pick<DiagnoseRequest, 'look' | 'interval'>,
  say: (text: string) => void,
): Promise<Snapshot[]> {
  const spare = new Set(inventory.hosts.filter(host => host.spare).map(({node}) => node))
  const asked = doors.filter(({node}) => !spare.has(node))
  const readings: Snapshot[] = []
  const tell = nowAndThen(say)
  const started = clock.now()
  for (;;) {
    readings.push((await askCluster(asked, clock)).snapshot)
    const passed = clock.now() - started
    const {pending, progressed, restarted} = movementOf(readings)
    const calm = pending === 0 || (progressed && restarted.length === 0)
    if (readings.length >= 3 && (calm || passed >= look)) return readings
    tell(() => `nothing has moved for ${formatDuration(passed)}; looking for ${formatDuration(look)}`)
    await clock.sleep(interval)
  }
}

async function gathered(session: Session, readings: readonly Snapshot[]): Promise<Evidence> {
  const last = readings.at(-1)!
  const {pending, partitions} = last.ring
  const waiting = pending.filter(({status}) => status === 'awaiting')
  const part = new Set(waiting.flatMap(({from, to}) => [from, to]))
  const members = new Set(presentMembers(last.ring).map(({node}) => node))
  const known = session.doors.filter(({node}) => members.has(node))
  const asked = (part.size > 0 ? known.filter(({node}) => part.has(node)) : known).slice(0, mostHosts)
  const places = slots(session.inventory.concurrency)
  const each = async <T>(ask: (door: Door) => Promise<T[]>): Promise<T[]> =>
    (await Promise.all(asked.map(door => places.within(() => orNothing(() => ask(door)))))).flat()
  const salt = randomBytes(16).toString('hex')
  const targetsOf = (node: string): string[] => [
    ...new Set(waiting.filter(({from}) => from === node).map(({to}) => to)),
  ]
  const [hosts, troubles, queues, hinted] = await Promise.all([
    each(async (door): Promise<HostFacts[]> => {
      const request = {salt, isNew: false, size: false, peers: targetsOf(door.node)}
      return [await askFacts(door, session.clock.now, request)]
    }),
    each((door): Promise<Trouble[]> => askTrouble(door, partitions)),
    each(async (door): Promise<VnodeQueue[]> => {
      const own = waiting.filter(({from}) => from === door.node).map(({partition}) => partition)
      return own.length === 0 || !door.eval ? [] : askQueues(door, own.slice(0, mostQueues), partitions)
    }),
    pending.length === 0 ? hintedOf(session, last) : Promise.resolve(undefined),
  ])
  const claimantThen = runBaseline(last)?.claimant
  tellDamaged(text => writeError(`${text}\n`))
  return {readings, hosts, troubles, queues, hinted, claimantThen}
}

/** What a host does not tell is evidence that is missing, not a reason to stop. */
async function orNothing<T>(ask: () => Promise<T[]>): Promise<T[]> {
  try {
    return await ask()
  } catch (error) {
    if (isOpsError(error)) return []
    throw error
  }
}

async function hintedOf(session: Session, {askedNode, nodes}: Snapshot): Promise<Evidence['hinted']> {
  const door = session.doors.find(({node}) => node === askedNode)
  if (!door) return undefined
  const version = nodes.find(({node}) => node === askedNode)?.version ?? 'unknown'
  const admin = adminWords(door.riak, dialectOf(version))
  const answer = await door.ask(readCommands.transfers(admin)).catch(error => {
    if (error instanceof OpsError) return undefined
    throw error
  })
  const reading = answer && readTransfers(answer)
  return reading?.outcome === 'read' ? reading.value.waiting : undefined
}

/** What a person would need who was not there. No secret is in it: hosts are asked for none, and hashes are left out. */
function bundleOf(diagnosis: Diagnosis, {readings, hosts, troubles, queues, hinted}: Evidence): object {
  return {
    ringup: 'ringup/diagnosis-bundle/1',
    diagnosis,
    readings,
    hosts: hosts.map(({config, ...host}) => ({
      ...host,
      ...(config ? {config: {...config, cookieHash: undefined}} : {}),
    })),
    troubles,
    queues,
    hinted,
  }
}
