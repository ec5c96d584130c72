/** What tells whether a node may be given more to do: how long its clients wait, how full its disk is. Only reads. */
import type {NodeName} from '../../ring/ring.ts'
import {answerText} from '../answers/answer.ts'
import type {Ask, Door} from '../door.ts'
import {evaluate} from '../evaluate.ts'
import {readCommands} from '../query.ts'
import {atom, list, number, tuple} from '../terms/decode.ts'
import {readTerm} from '../terms/term.ts'

export type VitalSigns = {
  readonly node: NodeName
  /** ms that 99 of 100 gets and puts took at most, in the last minute; 0: there were none; undefined: not told */
  readonly p99: number | undefined
  /** 0 to 1; undefined: not told */
  readonly disk: number | undefined
}

/** The same figures as `/stats` has, wherever its listener is. One line, no backslash and no `!`. */
export const latencyExpression =
  '[{K,V}||{K,V}<-riak_kv_status:get_stats(web),lists:member(K,[node_get_fsm_time_99,node_put_fsm_time_99])].'

/** What a host does not tell is undefined. */
export async function askVitalSigns(door: Door, options?: Parameters<Ask>[1]): Promise<VitalSigns> {
  const [p99, df] = await Promise.all([
    askLatency(door, options),
    door.ask(readCommands.diskSpace(door.dataDir), options),
  ])
  const [, size, , free] = /^\S+ +(\d+) +(\d+) +(\d+) +\S+ +\/.*$/m.exec(df.stdout) ?? []
  return {node: door.node, p99, disk: size === undefined ? undefined : 1 - Number(free) / Number(size)}
}

async function askLatency(door: Door, options?: Parameters<Ask>[1]): Promise<number | undefined> {
  if (!door.eval) return undefined
  return latencyIn(answerText(await evaluate(door, latencyExpression, '[', options)))
}

/** Microseconds as printed -> ms. */
function latencyIn(text: string): number | undefined {
  try {
    const told = list(tuple(atom, number))(readTerm(text), 'answer')
    return told.length === 0 ? undefined : Math.max(...told.map(([, time]) => time)) / 1000
  } catch {
    return undefined
  }
}
