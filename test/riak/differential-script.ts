/** One script for a real cluster and a practice ring of the same shape: five nodes, each for itself at first. */

export type Play = {
  /** host, from 1 */
  readonly on: number
  /** words after `riak`; `{2}` stands for the name of node 2 */
  readonly riak: string
  /** `exact`, but for times, rates and pids; `calm`: also without counts and order, which hang on the moment */
  readonly how: 'exact' | 'calm'
}

export type Move =
  | Play
  /** until all of these agree on a ring in which nothing is pending */
  | {readonly settle: readonly number[]}
  /** until a node serves keys again */
  | {readonly start: number}
  | {readonly kill: number}
  /** until a node whose join was cleared has stopped by itself: at a moment of chance, up to half a minute later */
  | {readonly exited: number}
  /** until the members see each other's change */
  | {readonly pause: number}

const exact = (on: number, ...commands: readonly string[]): Play[] =>
  commands.map(riak => ({on, riak, how: 'exact'}))
const calm = (on: number, ...commands: readonly string[]): Play[] =>
  commands.map(riak => ({on, riak, how: 'calm'}))

const views = [
  'admin member-status',
  'admin cluster status',
  'admin ring-status',
  'admin transfer-limit',
  'admin handoff config --all',
  'admin ringready',
]

export const script: readonly Move[] = [
  // a node for itself
  ...exact(
    1,
    'ping',
    'versions',
    ...views,
    'admin transfers',
    'admin handoff summary',
    'admin handoff details',
  ),
  ...exact(
    1,
    'admin cluster partitions --format=csv',
    'admin cluster partition-count',
    'admin cluster partition id=3',
  ),
  ...exact(1, 'admin cluster plan', 'admin cluster commit', 'admin cluster clear', 'admin services'),
  ...exact(1, 'admin cluster', 'admin', 'admin nonsense', 'admin cluster nonsense', 'admin handoff nonsense'),
  ...exact(1, 'eval node().', 'eval riak_core_ring_manager:foo().', 'eval syntax error here.'),
  ...exact(1, 'admin cluster join garbage', 'admin cluster join {1}', 'admin cluster join {9}'),
  // joins
  ...exact(2, 'admin cluster join {1}'),
  ...exact(3, 'admin cluster join {1}'),
  {pause: 4000},
  ...exact(1, 'admin member-status', 'admin cluster status', 'admin ring-status'),
  ...exact(2, 'admin cluster join {1}', 'admin member-status'),
  ...exact(1, 'admin cluster commit', 'admin cluster leave {9}', 'admin cluster replace {1} {9}'),
  ...exact(1, 'admin cluster plan', 'admin cluster commit', 'admin cluster commit'),
  {settle: [1, 2, 3]},
  ...exact(1, ...views, 'admin cluster partitions --node={2} --format=csv'),
  ...calm(1, 'admin transfers', 'admin handoff summary'),
  ...exact(3, 'admin cluster status --format=csv', 'admin cluster status --format=json'),
  // somebody else changes what is staged
  ...exact(4, 'admin cluster join {2}'),
  {pause: 4000},
  ...exact(1, 'admin cluster location rack-a --node={1}', 'admin cluster plan'),
  ...exact(2, 'admin cluster plan'),
  ...exact(3, 'admin cluster leave {2}'),
  ...exact(1, 'admin cluster commit'),
  ...exact(1, 'admin cluster clear'),
  {exited: 4},
  {pause: 4000},
  ...exact(1, 'admin cluster plan', 'admin cluster commit'),
  ...exact(1, 'admin member-status'),
  ...exact(4, 'ping', 'admin member-status', 'admin cluster join {1}'),
  {start: 4},
  ...exact(4, 'ping', 'admin member-status'),
  // limits
  ...exact(1, 'admin transfer-limit 4', 'admin transfer-limit {2} 1', 'admin transfer-limit x'),
  ...exact(1, 'admin transfer-limit {9} 1', 'admin transfer-limit', 'admin show transfer_limit'),
  ...exact(1, 'admin describe transfer_limit', 'admin handoff disable inbound --node={3}'),
  ...exact(1, 'admin handoff config --all', 'admin handoff enable inbound --node={3}'),
  ...exact(
    1,
    'admin handoff disable both --all',
    'admin handoff config --all',
    'admin handoff enable both --all',
  ),
  ...exact(1, 'admin transfer-limit 2', 'admin transfer-limit'),
  // leaves and what is refused
  ...exact(1, 'admin cluster leave {3}', 'admin cluster leave {3}'),
  ...calm(1, 'admin cluster plan'),
  ...exact(1, 'admin cluster clear', 'admin cluster force-remove {1}', 'admin cluster force-replace {2} {3}'),
  ...exact(1, 'admin cluster force-remove {9}', 'admin cluster leave {1}', 'admin cluster clear'),
  ...exact(1, 'admin cluster location rack-b --node={9}', 'admin down {9}', 'admin down {2}'),
  // a member is killed
  {kill: 3},
  {pause: 3000},
  ...exact(3, 'ping', 'admin member-status', 'eval node().'),
  ...exact(1, 'admin member-status', 'admin cluster status', 'admin ring-status', 'admin ringready'),
  ...exact(1, 'admin transfer-limit', 'admin handoff config --all', 'admin cluster leave {2}'),
  ...calm(1, 'admin transfers', 'admin handoff summary'),
  ...exact(1, 'admin cluster clear', 'admin down {3}'),
  {pause: 4000},
  ...exact(1, 'admin member-status', 'admin cluster status', 'admin ring-status'),
  {start: 3},
  {settle: [1, 2, 3]},
  ...exact(1, 'admin member-status', 'admin ring-status'),
  // what a snapshot is made of
  ...exact(1, 'eval riak_core_status:ring_status().', 'eval riak_core_status:all_active_transfers().'),
]

export const commandCount = script.filter(move => 'riak' in move).length
