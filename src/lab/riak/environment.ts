/** `application:get_env/2` on a practice node. */
import {atom, type Term, truth, tuple} from '../erlang/term.ts'
import type {Asked} from './run.ts'

/** where Riak keeps its data on a practice host */
export const dataDir = '/var/lib/riak'

/** undefined: the key is not set */
export function settingOf({world, node}: Asked, application: string, key: string): Term | undefined {
  const {claim, claimFunction, timing} = world.settings
  const settings: Readonly<Record<string, Term | undefined>> = {
    choose_claim_fun: functionTerm(claimFunction),
    target_n_val: claim.targetN,
    target_location_n_val: claim.targetLocationN,
    full_rebalance_onleave: truth(claim.fullRebalanceOnLeave),
    // set only once somebody has changed it
    handoff_concurrency: node.transferLimit,
    forced_ownership_handoff: node.clusterLimit,
    disable_inbound_handoff: truth(!node.inbound),
    disable_outbound_handoff: truth(!node.outbound),
    ring_creation_size: node.ringSize,
    vnode_management_timer: timing.managementTick,
    vnode_inactivity_timeout: timing.inactivity,
    platform_data_dir: dataDir,
    handoff_port: 8099,
    handoff_ip: node.name.split('@')[1] ?? '127.0.0.1',
    cluster_name: 'default',
    default_bucket_props: undefined,
  }
  if (application === 'riak_kv' && key === 'storage_backend') return atom(world.settings.backend.module)
  return application === 'riak_core' ? settings[key] : undefined
}

/** `{module,function}` or `function` */
function functionTerm(text: string): Term {
  const pair = /^\{(\w+),(\w+)\}$/.exec(text)
  return pair ? tuple(atom(pair[1]!), atom(pair[2]!)) : atom(text)
}
