import {describe, expect, it} from 'vitest'
import {carried, uncarried} from '../../../src/riak/expression.ts'
import {factsExpression} from '../../../src/riak/host/facts-script.ts'
import {latencyExpression} from '../../../src/riak/host/vital-signs.ts'
import {dataDirExpression} from '../../../src/riak/query.ts'
import {snapshotExpression} from '../../../src/riak/ring/snapshot-eval.ts'
import {queuesExpression} from '../../../src/riak/ring/vnode-queues.ts'

const all = {
  snapshot: snapshotExpression,
  facts: factsExpression('00ff'),
  latency: latencyExpression,
  queues: queuesExpression([0, 1], 64),
  dataDir: dataDirExpression,
}

describe('an expression on its way to a node', () => {
  it.each(Object.entries(all))('is whole and no shell word: %s', (_, expression) => {
    const word = carried(expression)

    // what the packages' start scripts do not quote for the shell that they hand words to
    expect(word).not.toMatch(/[-<>|;&*$?!~`#\s\\']/)
    expect(uncarried(word)).toBe(expression)
    const count = (bracket: string): number => word.split(bracket).length
    expect(count('(')).toBe(count(')'))
  })

  it('is sent as it is where it has nothing of a shell', () => {
    expect(carried(dataDirExpression)).toBe(dataDirExpression)
    expect(uncarried('node().')).toBe('node().')
  })
})
