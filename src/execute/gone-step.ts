/** A node that has left is no member any more, and its Riak has stopped by itself. */
import {askPing} from '../riak/query.ts'
import type {NodeName} from '../ring/ring.ts'
import {statusIn} from './changes-seen.ts'
import {type RunContext, readCluster} from './run-context.ts'
import {type Step, waitFor} from './step.ts'

export function goneStep(context: RunContext, node: NodeName): Step {
  const door = context.doors.find(candidate => candidate.node === node)
  const gone = async (): Promise<string | undefined> => {
    if (statusIn((await readCluster(context)).ring, node) !== undefined) return undefined
    if (!door) return 'no member any more'
    return (await askPing(door)).outcome === 'stopped' ? 'no member any more, and stopped' : undefined
  }
  return {
    id: `gone ${node}`,
    title: `${node} has left and stopped`,
    observe: async () => {
      const saw = await gone()
      return {so: saw !== undefined, saw: saw ?? 'still there'}
    },
    // it keeps what others have not taken from it yet, hinted data too, before it stops
    verify: () =>
      waitFor(
        context,
        {
          what: `${node} to stop by itself`,
          timeout: 3600_000,
          interval: 2000,
          hint: 'look at it: ringup status',
        },
        gone,
      ),
  }
}
