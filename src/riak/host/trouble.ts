/** Handoffs that failed, as a host's Riak wrote them down. Only reads. */
import {type NodeName, partitionOfText} from '../../ring/ring.ts'
import type {Answer} from '../answers/answer.ts'
import {nodeAtom} from '../answers/reading.ts'
import type {Ask, Door} from '../door.ts'
import {scriptNotUnderstood} from '../own-script.ts'
import {troubleScript} from './trouble-script.ts'

export type Trouble = {
  /** the host whose log it is */
  readonly node: NodeName
  readonly kind: 'timeout' | 'disk-full' | 'connection' | 'other'
  /** ms since 1970, by the host's own clock; missing where the line does not begin with a time */
  readonly at?: number
  readonly partition?: number
  readonly from?: NodeName
  readonly to?: NodeName
  /** the line */
  readonly text: string
}

export const troubleArgv = ({dataDir, riak}: Pick<Door, 'dataDir' | 'riak'>): string[] => [
  'sh',
  '-c',
  troubleScript,
  'ringup-trouble',
  dataDir,
  ...riak.slice(0, -1),
]

/** Throws an `OpsError` (exit 10) for an answer that was cut off. @param partitions of the ring */
export async function askTrouble(
  door: Door,
  partitions: number,
  options: Parameters<Ask>[1] = {},
): Promise<Trouble[]> {
  const answer = await door.ask(troubleArgv(door), {timeout: 60_000, ...options})
  const trouble = readTrouble(answer, door.node, partitions)
  if (trouble) return trouble
  throw scriptNotUnderstood(door.host, "Riak's log", answer)
}

export function readTrouble({stdout}: Answer, node: NodeName, partitions: number): Trouble[] | undefined {
  const lines = stdout.split('\n').filter(line => line !== '')
  if (lines.at(-1) !== 'end') return undefined
  const zone = lines.map(line => /^zone ([+-]\d\d)(\d\d)$/.exec(line)).find(found => found)
  return lines
    .slice(0, -1)
    .filter(line => line.startsWith('log '))
    .map(line =>
      readLine(line.slice(4), node, {partitions, zone: zone ? `${zone[1]}:${zone[2]}` : undefined}),
    )
}

const handoff = new RegExp(`from ${nodeAtom} (\\d+) to ${nodeAtom}(?![\\w@.-])`)
/** as older releases say it, and of a transfer that was ended by a limit */
const ofPartition = /partition [a-z_]+ (\d+)\b/

/** Before 3.0 a time has a blank in it, and is the host's own. */
function timeOf(text: string, zone: string | undefined): number | undefined {
  const [, day, time, own] =
    /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d(?:\.\d{1,6})?)(Z|[+-]\d\d:\d\d)?(?= )/.exec(text) ?? []
  const at = Date.parse(`${day}T${time}${own ?? zone}`)
  return day === undefined || (own ?? zone) === undefined || Number.isNaN(at) ? undefined : at
}

function readLine(
  text: string,
  node: NodeName,
  {partitions, zone}: {readonly partitions: number; readonly zone: string | undefined},
): Trouble {
  const time = timeOf(text, zone)
  const [, from, index = ofPartition.exec(text)?.[1], to] = handoff.exec(text) ?? []
  const partition = index === undefined ? undefined : partitionOfText(index, partitions)
  return {
    node,
    kind: kindOf(text),
    text: text.slice(0, 1000),
    ...(time === undefined ? {} : {at: time}),
    ...(partition === undefined ? {} : {partition}),
    ...(from === undefined || to === undefined ? {} : {from, to}),
  }
}

function kindOf(text: string): Trouble['kind'] {
  if (/enospc|no space left/i.test(text)) return 'disk-full'
  if (/recv timeout|receive timeout|timed?[ _]?out|timeout/i.test(text))
    return /connect|econnrefused|ehostunreach/i.test(text) ? 'connection' : 'timeout'
  return /econnrefused|ehostunreach|enetunreach|connect|closed/i.test(text) ? 'connection' : 'other'
}
