import {readdirSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {checkVector} from '../../support/check-vector.ts'
import {readVectors} from '../../support/claim-vectors.ts'

const folder = join(import.meta.dirname, '../../fixtures/claim-vectors')

describe('riak_core answers the same', () => {
  it.each(readdirSync(folder).filter(name => name.endsWith('.jsonl.gz')))('%s', async name => {
    let vectors = 0
    for await (const {vector, where} of readVectors(join(folder, name))) {
      expect(checkVector(vector), where).not.toMatchObject({outcome: 'different'})
      vectors += 1
    }
    expect(vectors).toBeGreaterThan(0)
  })
})
