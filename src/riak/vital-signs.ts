/** What tells whether a node may be given more to do: how long its clients wait, how full its disk is. Only reads. */
import type {NodeName} from '../ring/ring.ts'
import type {Ask, Door} from './door.ts'
import {readCommands} from './query.ts'
import {readHttpStats} from './statistics.ts'

export type VitalSigns = {
  readonly node: NodeName
  /** ms that 99 of 100 gets and puts took at most, in the last minute; undefined: not told, or nobody asked */
  readonly p99: number | undefined
  /** 0 to 1; undefined: not told */
  readonly disk: number | undefined
}

/** What a host does not tell is undefined. */
export async function askVitalSigns(door: Door, options?: Parameters<Ask>[1]): Promise<VitalSigns> {
  const [stats, df] = await Promise.all([
    door.ask(readCommands.statistics(), options),
    door.ask(readCommands.diskSpace(door.dataDir), options),
  ])
  const reading = readHttpStats(stats)
  const told = reading.outcome === 'read' ? reading.value : {}
  const times = ['node_get_fsm_time_99', 'node_put_fsm_time_99']
    .map(name => told[name])
    .filter((value): value is number => typeof value === 'number' && value > 0)
  const [, size, , free] = /^\S+ +(\d+) +(\d+) +(\d+) +\S+ +\/.*$/m.exec(df.stdout) ?? []
  return {
    node: door.node,
    p99: times.length === 0 ? undefined : Math.max(...times) / 1000,
    disk: size === undefined ? undefined : 1 - Number(free) / Number(size),
  }
}
