/** `riak admin cluster partitions`, `partition-count` and `partition`: what a node holds. */
import {partitionOfText} from '../../ring/ring.ts'
import type {Answer} from './answer.ts'
import {matched, readClique} from './clique.ts'
import {nodeAtom, type Reading, readAnswer} from './reading.ts'

export type HeldPartition = {
  /** `primary`: the node owns it; `secondary`: it holds it for another; `stopped`: it owns it and does not run it */
  readonly type: 'primary' | 'secondary' | 'stopped'
  /** position, 0..n-1 */
  readonly partition: number
}

/** Index and id must belong together, in a ring of `partitions`. */
export function readPartitions(answer: Answer, partitions: number): Reading<readonly HeldPartition[]> {
  return readClique(answer, ({texts, rows}, lines) => {
    if (texts.some(text => !/^Partitions owned by \S+:$/.test(text))) lines.fail('nothing but the table')
    const held = rows.flatMap(row => {
      const type = matched(row, 'type', /^(?:primary|secondary|stopped)$/, lines)[0] as HeldPartition['type']
      // there is none of this type
      if (row.index === '--' && row.id === '--') return []
      const partition = Number(matched(row, 'id', /^\d+$/, lines)[0])
      const index = matched(row, 'index', /^\d+$/, lines)[0]
      if (partitionOfText(index, partitions) !== partition)
        lines.fail(`the index of partition ${partition} of ${partitions}`)
      return [{type, partition}]
    })
    const keys = held.map(({type, partition}) => `${type} ${partition}`)
    if (new Set(keys).size !== keys.length) lines.fail('partitions once each')
    return held
  })
}

/** Partitions of the ring, or of one node with `--node`. */
export const readPartitionCount = (answer: Answer): Reading<number> =>
  readAnswer(answer, {
    grammar: lines =>
      Number(lines.expect(/^Cluster-wide partition-count: (\d+)$/, 'the number of partitions')[1]),
  })

export type PartitionPlace = {readonly index: string; readonly partition: number; readonly node: string}

/** `cluster partition id=N` and `index=N`. */
export const readPartitionPlace = (answer: Answer): Reading<PartitionPlace> =>
  readClique(answer, ({rows}, lines) => {
    const [row, ...more] = rows
    if (!row || more.length > 0) return lines.fail('one partition')
    return {
      index: matched(row, 'index', /^\d+$/, lines)[0],
      partition: Number(matched(row, 'id', /^\d+$/, lines)[0]),
      node: matched(row, 'node', new RegExp(`^${nodeAtom}$`), lines)[1]!,
    }
  })
