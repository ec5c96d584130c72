/** Every remote command that changes something. Only `src/execute` may import this. */
import type {NodeName} from '../ring/ring.ts'
import type {Door} from './door.ts'

type Riak = Door['riak']

export const writeCommands = {
  /** starts Riak on the host */
  start: (riak: Riak) => [...riak, 'daemon'],
  /** sent to the joining host: stages its join, and freezes ownership changes of the cluster until commit or clear */
  join: (riak: Riak, target: NodeName) => [...riak, 'admin', 'cluster', 'join', target],
  /** arms a commit: the claimant remembers that somebody has seen this plan */
  plan: (riak: Riak) => [...riak, 'admin', 'cluster', 'plan'],
  commit: (riak: Riak) => [...riak, 'admin', 'cluster', 'commit'],
} as const

export {readCommit} from './cluster-commit.ts'
export {readJoin} from './cluster-join.ts'
export {readClusterPlan} from './cluster-plan.ts'
