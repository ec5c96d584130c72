/** A practice ring that this process serves until it is told to stop, by its control socket or by a signal. */
import {rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {OpsError} from '../../errors.ts'
import {ownedCounts} from '../../ring/ring.ts'
import {type Answer, askControl, type LabStatus, type Request, serveControl, socketPath} from './control.ts'
import {type Lab, type LabOptions, startLab} from './start-lab.ts'

export type ServedLab = {
  readonly lab: Lab
  /** resolves once it has been stopped */
  readonly ended: Promise<void>
  readonly stop: () => Promise<void>
}

/** Throws an `OpsError` when one runs already in this folder. */
export async function serveLab(dir: string, options: LabOptions): Promise<ServedLab> {
  await refuseSecond(dir)
  const lab = await startLab({...options, dir})
  const startedAt = Date.now()
  const pidFile = join(dir, 'lab.pid')
  let finish: () => void = () => {}
  const ended = new Promise<void>(resolve => {
    finish = resolve
  })
  const stop = async (): Promise<void> => {
    await lab.stop()
    await new Promise<void>(resolve => control.close(() => resolve()))
    rmSync(socketPath(dir), {force: true})
    rmSync(pidFile, {force: true})
    finish()
  }
  const control = await serveControl(dir, async request => {
    const answer = await handle(lab, startedAt, request)
    // after the answer is out
    if (request.ask === 'stop') setTimeout(() => void stop(), 20)
    return answer
  })
  writeFileSync(pidFile, `${process.pid}\n`)
  return {lab, ended, stop}
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
    clusterTime: world.now,
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
  const status = (await askControl(dir, {ask: 'status'}))?.status
  if (!status) return
  throw new OpsError('refused', `a practice ring runs already in ${dir} (process ${status.pid})`, {
    hint: `use it: ringup -i ${status.inventoryFile} status; or end it: ringup lab down --dir ${dir}`,
    facts: {pid: status.pid, dir},
  })
}
