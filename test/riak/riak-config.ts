/** The configuration of one real node: small in memory and CPU, and with short timers when a test asks for them. */

export type Claim = 'v2' | 'v3' | 'v4'

export const cookie = 'riak'

/** what `npm run test:riak -- --backend NAME` has named */
export const backend = process.env.RINGUP_RIAK_BACKEND || 'bitcask'

export type NodeSettings = {
  readonly address: string
  readonly ring: number
  /** undefined: Riak's own */
  readonly claim: Claim | undefined
  /** short timers instead of Riak's own */
  readonly fast: boolean
}

export const riakConf = ({address, ring}: NodeSettings): string =>
  lines({
    nodename: `riak@${address}`,
    distributed_cookie: cookie,
    ring_size: ring,
    storage_backend: backend,
    'listener.http.internal': `${address}:8098`,
    'listener.protobuf.internal': `${address}:8087`,
    'handoff.ip': address,
    platform_data_dir: '/var/lib/riak',
    platform_log_dir: '/opt/riak/log',
    // tree building would take the CPU that the tests need
    anti_entropy: 'passive',
    tictacaae_active: 'passive',
    'erlang.schedulers.total': 1,
    'erlang.schedulers.online': 1,
    'erlang.async_threads': 4,
    'erlang.distribution.port_range.minimum': 6000,
    'erlang.distribution.port_range.maximum': 6009,
  })

const lines = (settings: Readonly<Record<string, string | number>>): string =>
  Object.entries(settings)
    .map(([key, value]) => `${key} = ${value}\n`)
    .join('')

/** Replaces the release's own file, whose paths are relative to where it was built. */
export function advancedConfig({claim, fast}: NodeSettings): string {
  const core = [
    '{schema_dirs, ["/opt/riak/share/schema"]}',
    '{cluster_mgr, {"127.0.0.1", 9080}}',
    ...(claim ? [`{choose_claim_fun, choose_claim_${claim}}`] : []),
    ...(fast ? shortTimers : []),
  ]
  return `[{riak_core, [${core.join(',\n  ')}]},
 {riak_repl, [{data_root, "/var/lib/riak/riak_repl"}]},
 {setup, [{home, "/var/lib/riak/setup"}]}].
`
}

/** Riak's own: 10 s, 60 s, 10 s, and 45 gossips in 10 s, which makes finished moves wait to be installed. */
const shortTimers = [
  '{vnode_management_timer, 500}',
  '{vnode_inactivity_timeout, 500}',
  '{claimant_tick, 500}',
  '{gossip_limit, {500, 1000}}',
]
