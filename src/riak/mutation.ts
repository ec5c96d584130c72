/** Every remote command that changes something. Only `src/execute` may import this. */
import type {StagedChange} from '../ring/changes.ts'
import type {NodeName} from '../ring/ring.ts'
import type {Door} from './door.ts'
import {startWords} from './service.ts'

type Riak = Door['riak']
/** the words before an admin command: see `dialect.ts` */
type Admin = readonly string[]

export const writeCommands = {
  /** starts Riak on the host, by what supervises it there */
  start: startWords,
  /** sent to the joining host: stages its join, and freezes ownership changes of the cluster until commit or clear */
  join: (admin: Admin, target: NodeName) => [...admin, 'cluster', 'join', target],
  /** sent to the claimant, which keeps it in its memory */
  stage: (admin: Admin, change: StagedChange) => [...admin, 'cluster', ...stagingWords(change)],
  /** drops what anybody has staged, and stops Riak on the joining nodes */
  clear: (admin: Admin) => [...admin, 'cluster', 'clear'],
  /** arms a commit: the claimant remembers that somebody has seen this plan */
  plan: (admin: Admin) => [...admin, 'cluster', 'plan'],
  commit: (admin: Admin) => [...admin, 'cluster', 'commit'],
  /** transfers beyond a lower limit are killed, and begin again from zero */
  transferLimit: (admin: Admin, node: NodeName, limit: number) => [
    ...admin,
    'transfer-limit',
    node,
    String(limit),
  ],
  /** turning a way off kills what is under way in it */
  handoff: (admin: Admin, verb: 'enable' | 'disable', way: 'inbound' | 'outbound', node: NodeName) => [
    ...admin,
    'handoff',
    verb,
    way,
    `--node=${node}`,
  ],
  /** of the node that is asked; null: Riak's own. It kills nothing: it keeps new transfers from beginning */
  clusterLimit: (riak: Riak, limit: number | null) => [
    ...riak,
    'eval',
    limit === null
      ? 'application:unset_env(riak_core,forced_ownership_handoff).'
      : `application:set_env(riak_core,forced_ownership_handoff,${Math.trunc(limit)}).`,
  ],
} as const

function stagingWords(change: StagedChange): string[] {
  switch (change.action) {
    case 'leave':
      return ['leave', change.node]
    case 'replace':
      // the old node first
      return ['replace', change.node, change.with]
    case 'setLocation':
      return ['location', change.location, `--node=${change.node}`]
  }
}

export {readClear} from './answers/cluster-clear.ts'
export {type CommitOutcome, readCommit} from './answers/cluster-commit.ts'
export {readJoin} from './answers/cluster-join.ts'
export {readClusterPlan} from './answers/cluster-plan.ts'
export {readStaging} from './answers/cluster-staging.ts'
