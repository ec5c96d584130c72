/**
 * Plays recorded commands on a practice ring without SSH and with a clock of its own: a command's waits move the
 * clock, and so does the time each command took when it was recorded.
 */
import {readFileSync} from 'node:fs'
import {addNode, createPracticeRing} from '../../src/lab/model/practice-ring.ts'
import {advance, type LabNode, nodeOf, type World, type WorldOptions} from '../../src/lab/model/world.ts'
import {runLine} from '../../src/lab/shell/run-line.ts'
import {type PendingChange, partitionOfIndex} from '../../src/ring/ring.ts'

export type Recorded = {
  readonly host: string
  readonly command: string
  readonly exit: number | 'timeout'
  readonly stdout: string
  readonly stderr: string
  readonly ms: number
}

export type Played = Pick<Recorded, 'exit' | 'stdout' | 'stderr'>

const folder = new URL('../fixtures/transcripts/', import.meta.url)

export const recordedEpisode = (name: string): Recorded[] =>
  readFileSync(new URL(`${name}.jsonl`, folder), 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as Recorded)

/** `riak@10.77.0.11` for 11: the recorded hosts */
export const recordedName = (number: number): string => `riak@10.77.0.${number}`

/** Hosts as recorded, none of them started; .21 alone has another ring size. */
export function recordedHosts(options: WorldOptions = {}): World {
  const world = createPracticeRing({startAt: Date.UTC(2026, 10, 23, 8, 50), ...options})
  for (let number = 11; number <= 21; number += 1)
    addNode(world, recordedName(number), {ringSize: number === 21 ? 128 : 64})
  return world
}

export const recordedNode = (world: World, number: number): LabNode => nodeOf(world, recordedName(number))

/** Runs to its end, or for `limit` ms of the cluster's time. */
export function play(world: World, host: string, line: string, limit = 120_000): Played {
  const node = nodeOf(world, `riak@${host}`)
  const run = runLine({world, node, hostname: host, user: 'riakops'}, line)
  const end = world.now + limit
  const played = {stdout: '', stderr: ''}
  for (;;) {
    const step = run.next()
    if (step.done) return {...played, exit: step.value}
    if ('out' in step.value) played.stdout += step.value.out
    else if ('err' in step.value) played.stderr += step.value.err
    else if ('meanwhile' in step.value) throw new Error(`${line}: is run by a shell of this machine`)
    else if (world.now + step.value.wait > end) return {...played, exit: 'timeout'}
    else advance(world, world.now + step.value.wait)
  }
}

/** The pending changes that a recorded `ring-status` shows. */
export function pendingIn(text: string, partitions: number): PendingChange[] {
  const pending: PendingChange[] = []
  let [from, to] = ['', '']
  let index: number | undefined
  let done: string[] = []
  const close = (status: PendingChange['status']): void => {
    if (index !== undefined) pending.push({partition: index, from, to, done, status})
    index = undefined
    done = []
  }
  for (const line of text.split('\n')) {
    const [, label, value = ''] = /^ *(Owner|Next Owner|Index|Waiting on|Complete): +(.*)$/.exec(line) ?? []
    if (label === 'Owner' || label === 'Index' || line.startsWith('---')) close('awaiting')
    if (label === 'Owner') from = value
    if (label === 'Next Owner') to = value
    if (label === 'Index') index = partitionOfIndex(BigInt(value), partitions)
    if (label === 'Complete') done = value.slice(1, -1).split(',')
    if (line.includes('All transfers complete')) {
      done = ['riak_kv_vnode', 'riak_pipe_vnode']
      close('complete')
    }
  }
  return pending.sort((a, b) => a.partition - b.partition)
}
