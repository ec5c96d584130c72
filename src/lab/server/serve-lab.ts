/** A practice ring that this process serves until it is told to stop, by its control socket or by a signal. */
import {mkdirSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {OpsError} from '../../errors.ts'
import {ownedCounts} from '../../ring/ring.ts'
import {type Answer, askControl, type LabStatus, type Request, serveControl} from './control.ts'
import {downWords, refuseForeignFolder} from './lab-folder.ts'
import {type Lab, type LabOptions, startLab} from './start-lab.ts'

export type ServedLab = {
  readonly lab: Lab
  readonly status: () => LabStatus
  /** resolves once it has been stopped */
  readonly ended: Promise<void>
  readonly stop: () => Promise<void>
}

/** Throws an `OpsError` when one runs already in this folder. */
export async function serveLab(dir: string, options: LabOptions): Promise<ServedLab> {
  await refuseSecond(dir)
  refuseForeignFolder(dir)
  mkdirSync(dir, {recursive: true, mode: 0o700})
  const startedAt = Date.now()
  const pidFile = join(dir, 'lab.pid')
  let lab: Lab | undefined
  // the socket comes first: whoever has it owns the folder's files
  const control = await serveControl(dir, async request => {
    if (!lab) return {error: 'it is still starting'}
    const answer = await handle(lab, startedAt, request)
    // after the answer is out
    if (request.ask === 'stop') setTimeout(() => void stop(), 20)
    return answer
  })
  const ended = new Promise<void>(resolve => control.once('close', resolve))
  let isStopping = false
  const stop = async (): Promise<void> => {
    if (!isStopping) {
      isStopping = true
      await lab?.stop()
      rmSync(pidFile, {force: true})
      control.close()
    }
    await ended
  }
  try {
    lab = await startLab({...options, dir})
  } catch (error) {
    await stop()
    throw error
  }
  writeFileSync(pidFile, `${process.pid}\n`)
  const serving = lab
  return {lab, status: () => statusOf(serving, startedAt), ended, stop}
}

export function stopOnSignals({stop}: Pick<ServedLab, 'stop'>): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop())
}

async function handle(lab: Lab, startedAt: number, request: Request): Promise<Answer> {
  if (request.ask === 'fault') await lab.fault(request.fault)
  if (request.ask === 'skip') lab.skip(request.ms)
  if (request.ask === 'commands') return {commands: lab.commands.slice(request.from ?? 0)}
  return {status: statusOf(lab, startedAt)}
}

function statusOf(lab: Lab, startedAt: number): LabStatus {
  const world = lab.world()
  const first = lab.hosts[0] ? lab.node(lab.hosts[0].name) : undefined
  const nodes = [...world.nodes.values()]
  return {
    pid: process.pid,
    dir: lab.dir,
    inventoryFile: lab.inventoryFile,
    speed: lab.speed,
    startedAt,
    clusterTime: Math.round(world.now),
    hosts: lab.hosts.map(host => {
      const node = lab.node(host.name)
      const partitions = ownedCounts(node.cluster.ring.owners).get(node.name) ?? 0
      return {...host, state: node.state, partitions: node.state === 'stopped' ? 0 : partitions}
    }),
    pending: first?.cluster.ring.pending.length ?? 0,
    transfers: nodes.reduce((sum, {handoffs}) => sum + handoffs.length, 0) / 2,
    counters: lab.counters(),
  }
}

/** Throws when somebody answers in this folder. */
export async function refuseSecond(dir: string): Promise<void> {
  const answer = await askControl(dir, {ask: 'status'})
  if (!answer) return
  const {status} = answer
  throw new OpsError(
    'refused',
    `a practice ring runs already in ${dir}${status ? ` (process ${status.pid})` : ''}`,
    {hint: `end it first: ${downWords(dir)}`, facts: {pid: status?.pid, dir}},
  )
}
