/**
 * `describe` for suites that need real nodes: where none can run they are skipped, with the reason, unless
 * `RINGUP_REQUIRE_RIAK=1` makes that a failure.
 */
import {describe, test} from 'vitest'
import {whatIsLacking} from './lacking.ts'

export function describeRiak(name: string, body: () => void): void {
  const lacking = whatIsLacking()
  if (lacking === undefined) describe(name, body)
  else if (process.env.RINGUP_REQUIRE_RIAK === '1')
    describe(name, () => {
      test('real Riak nodes can run here', () => {
        throw new Error(lacking)
      })
    })
  else {
    console.error(`skipped: ${name}: ${lacking}`)
    describe.skip(name, body)
  }
}
