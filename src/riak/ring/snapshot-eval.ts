/**
 * The snapshot by one `riak eval`: the expression, and what its answer means. The expression only reads. It asks
 * the raw ring, because `ring_ready` on the other one writes errors into the node's log (seen on 3.2.3), and asks
 * every connected member at once; members that are not connected are left out rather than waited for.
 */

import {OpsError} from '../../errors.ts'
import {isClusterName} from '../../names.ts'
import type {Change, ClaimSettings} from '../../ring/changes.ts'
import {type NodeName, type PendingChange, partitionOfIndex, type Ring} from '../../ring/ring.ts'
import {snapshotProblems} from '../../ring/ring-problems.ts'
import type {ActiveTransfer, Known, NodeFacts, Snapshot} from '../../ring/snapshot.ts'
import {
  anything,
  atom,
  big,
  boolean,
  brief,
  DecodeError,
  type Decoder,
  integer,
  isAtom,
  label,
  list,
  location,
  nodeName,
  number,
  optional,
  properties,
  required,
  tuple,
} from '../terms/decode.ts'
import type {Term} from '../terms/term.ts'

/** One line, no backslash and no `!`: it passes through two shells. */
export const snapshotExpression = [
  '{ok,R}=riak_core_ring_manager:get_raw_ring(),',
  'C=riak_core_ring:claimant(R),',
  'M=riak_core_ring:all_member_status(R),',
  'Up=[N||{N,_}<-M,N=:=node() orelse lists:member(N,nodes())],',
  'T=fun(F)->try F() catch _:_->unknown end end,',
  'E=fun(K)->application:get_env(riak_core,K) end,',
  'Facts=fun()->{ok,Q}=riak_core_ring_manager:get_raw_ring(),',
  '{node(),[',
  '{ring,erlang:phash2({riak_core_ring:all_member_status(Q),riak_core_ring:all_owners(Q),[{I,A,B}||{I,A,B,_,_}<-riak_core_ring:pending_changes(Q)]})},',
  '{ready,riak_core_ring:ring_ready(Q)},',
  '{limit,T(fun()->riak_core_handoff_manager:get_concurrency() end)},',
  '{cluster_limit,E(forced_ownership_handoff)},',
  '{no_inbound,E(disable_inbound_handoff)},{no_outbound,E(disable_outbound_handoff)},',
  '{version,T(fun()->[V]=[X||{_,X,_,permanent}<-release_handler:which_releases()],V end)},',
  '{otp,erlang:system_info(otp_release)},',
  // a unit is there, and the node is of a login: who stops one does not stop the other
  '{outside,T(fun()->U=lists:concat([riak,[46],service]),P=fun(L)->[47|filename:join(L)] end,{ok,B}=file:read_file(P([proc,self,cgroup])),G=binary_to_list(B),',
  'string:str(G,U)=:=0 andalso string:str(G,lists:concat([user,[46],slice]))+string:str(G,P([ssh]))>0 andalso lists:any(fun(D)->filelib:is_file(P([D,systemd,system,U])) end,[etc,lib]) end)},',
  '{transfers,T(fun()->riak_core_handoff_manager:status({direction,outbound}) end)}',
  // the claimant alone holds what is staged beside joins, and the seed that leaves are dealt out by
  '|case node() of C->[{staged,T(fun()->S=sys:get_state(riak_core_claimant,2000),{riak_core_claimant,element(3,S),case element(5,S) of {_,X}->X;_->unknown end} end)}];_->[] end]} end,',
  '{ringup,1,[{node,node()},{partitions,riak_core_ring:num_partitions(R)},{members,M},',
  '{owners,[N||{_,N}<-riak_core_ring:all_owners(R)]},{pending,riak_core_ring:pending_changes(R)},{claimant,C},',
  '{cluster_name,T(fun()->riak_core_ring:cluster_name(R) end)},',
  '{locations,T(fun()->dict:to_list(riak_core_ring:get_nodes_locations(R)) end)},',
  '{location_changed,T(fun()->riak_core_ring:has_location_changed(R) end)},',
  '{env,[{K,E(K)}||K<-[choose_claim_fun,target_n_val,target_location_n_val,full_rebalance_onleave]]},',
  '{nodes,element(1,rpc:multicall(Up,erlang,apply,[Facts,[]],5000))}]}.',
].join('')

/** What the expression's answer means. Throws `DecodeError` naming the field that is not as expected. */
export function decodeSnapshot(term: Term, takenAt: number): Snapshot {
  const [tag, version, body] = tuple(atom, integer, properties)(term, 'answer')
  if (tag !== 'ringup' || version !== 1)
    throw new DecodeError(`answer: {ringup,1,...} is expected, not {${tag},${version},...}`)
  const get = <T>(key: string, item: Decoder<T>): T => required(body, key, item, 'answer')
  const partitions = get('partitions', integer)
  const claimant = get('claimant', nodeName)
  const members = get('members', list(tuple(nodeName, memberStatus))).map(([node, status]) => ({
    node,
    status,
  }))
  const locations = orUnknown(list(tuple(nodeName, location)))(get('locations', anything), 'answer.locations')
  const locationChanged = orUnknown(boolean)(get('location_changed', anything), 'answer.location_changed')
  const env = get('env', properties)
  // a member whose call failed costs its facts, not the reading
  const told = get('nodes', list(factsOrFailure)).flatMap(facts => (facts ? [facts] : []))
  const ring: Ring = {
    partitions,
    owners: owners(get('owners', list(nodeName)), partitions),
    members,
    claimant,
    pending: get('pending', list(pendingChange(partitions))),
    // releases without locations answer `unknown` and have none
    locations: locations === 'unknown' ? {} : Object.fromEntries(locations),
    locationChanged: locationChanged === true,
  }
  const claim = claimSettings(env)
  const snapshot: Snapshot = {
    schema: 'ringup/snapshot/1',
    takenAt,
    askedNode: get('node', nodeName),
    clusterName: clusterName(body.get('cluster_name')),
    ring,
    claim: claim.settings,
    claimFunction: claim.name,
    ...stagedChanges(ring, told.find(([node]) => node === claimant)?.[1].get('staged')),
    nodes: told.map(([node, facts]) => nodeFacts(node, facts, partitions)),
  }
  const [problem] = snapshotProblems(snapshot)
  if (problem) throw new DecodeError(`answer.${problem.field}: ${problem.problem}`)
  return snapshot
}

/** `{Node, {MegaSeconds, Seconds, MicroSeconds}}`; anything else is no name that could be told from another. */
function clusterName(term: Term | undefined): Snapshot['clusterName'] {
  try {
    const [node, [mega, seconds, micro]] = tuple(nodeName, tuple(integer, integer, integer))(
      term ?? {atom: 'unknown'},
      'answer.cluster_name',
    )
    const name = `${node}/${mega * 1e6 + seconds}.${String(micro).padStart(6, '0')}`
    return isClusterName(name) ? name : 'unknown'
  } catch (error) {
    if (error instanceof DecodeError) return 'unknown'
    throw error
  }
}

/** The planner goes through positions, not through the list: it must not be told of more than there are. */
function owners(found: NodeName[], partitions: number): NodeName[] {
  if (found.length === partitions) return found
  throw new DecodeError(`answer.owners: ${found.length} owners for ${partitions} partitions`)
}

const factsOrFailure: Decoder<readonly [NodeName, ReadonlyMap<string, Term>] | undefined> = (term, path) =>
  typeof term === 'object' && 'tuple' in term && isAtom(term.tuple[0]!, 'badrpc')
    ? undefined
    : tuple(nodeName, properties)(term, path)

const statuses = ['joining', 'valid', 'leaving', 'exiting', 'down', 'invalid'] as const

const memberStatus: Decoder<(typeof statuses)[number]> = (term, path) => {
  const status = statuses.find(known => isAtom(term, known))
  if (status === undefined) throw new DecodeError(`${path}: a member status is expected, not ${brief(term)}`)
  return status
}

const position =
  (partitions: number): Decoder<number> =>
  (term, path) => {
    const found = partitionOfIndex(big(term, path), partitions)
    if (found === undefined)
      throw new DecodeError(`${path}: ${brief(term)} is not the index of a partition of ${partitions}`)
    return found
  }

/** `{Index, Owner, '$resize', Modules, Status}` */
const isResized = (term: Term): boolean =>
  typeof term === 'object' &&
  'tuple' in term &&
  term.tuple[2] !== undefined &&
  isAtom(term.tuple[2], '$resize')

const pendingChange =
  (partitions: number): Decoder<PendingChange> =>
  (term, path) => {
    if (isResized(term))
      throw new OpsError('refused', 'the ring is being resized, and ringup neither plans nor watches that', {
        hint: 'wait for its end: riak admin ring-status',
        facts: {class: 'resize'},
      })
    const [partition, from, to, done, status] = tuple(
      position(partitions),
      nodeName,
      nodeName,
      list(atom),
      atom,
    )(term, path)
    if (status !== 'awaiting' && status !== 'complete')
      throw new DecodeError(`${path}: awaiting or complete is expected, not ${status}`)
    return {partition, from, to, done, status}
  }

const orUnknown =
  <T>(item: Decoder<T>): Decoder<Known<T>> =>
  (term, path) =>
    isAtom(term, 'unknown') ? 'unknown' : item(term, path)

/** `{ok, Value}` or `undefined`, as `application:get_env/2` answers. */
const configured =
  <T>(item: Decoder<T>): ((term: Term | undefined, path: string) => T | undefined) =>
  (term, path) =>
    optional(tuple(atom, item))(term, path)?.[1]

/**
 * Defaults are riak_core's own where a key is absent: target_n_val 4, target_location_n_val as target_n_val,
 * full_rebalance_onleave false.
 */
function claimSettings(env: ReadonlyMap<string, Term>): {name: string; settings: Known<ClaimSettings>} {
  const name =
    configured(claimFunctionName)(env.get('choose_claim_fun'), 'env.choose_claim_fun') ??
    'default_choose_claim'
  const targetN = configured(integer)(env.get('target_n_val'), 'env.target_n_val') ?? 4
  const claim = claimByName[name]
  return {
    name,
    settings: claim
      ? {
          claim,
          targetN,
          targetLocationN:
            configured(integer)(env.get('target_location_n_val'), 'env.target_location_n_val') ?? targetN,
          fullRebalanceOnLeave:
            configured(boolean)(env.get('full_rebalance_onleave'), 'env.full_rebalance_onleave') ?? false,
        }
      : 'unknown',
  }
}

const claimByName: Readonly<Record<string, ClaimSettings['claim']>> = {
  default_choose_claim: 'v2',
  choose_claim_v2: 'v2',
  choose_claim_v3: 'v3',
  choose_claim_v4: 'v4',
}

/** The atom alone, or `{Module, Function}` of riak_core's own modules; another module's function keeps its module. */
const claimFunctionName: Decoder<string> = (term, path) => {
  if (typeof term === 'object' && 'atom' in term) return term.atom
  const [module, name] = tuple(atom, atom)(term, path)
  return module === 'riak_core_membership_claim' || module === 'riak_core_claim' ? name : `${module}:${name}`
}

/** What is staged: joins stand in the ring, the rest only in the claimant's memory. */
function stagedChanges(ring: Ring, told: Term | undefined): Pick<Snapshot, 'staged' | 'seed'> {
  if (told === undefined || isAtom(told, 'unknown')) return {staged: 'unknown', seed: 'unknown'}
  const [, changes, seed] = tuple(atom, list(tuple(nodeName, anything)), anything)(told, 'staged')
  const staged = new Map<string, Change>()
  for (const {node, status} of ring.members)
    if (status === 'joining') staged.set(node, {action: 'join', node})
  for (const [node, action] of changes) staged.set(node, stagedChange(node, action))
  return {
    staged: [...staged.values()].sort((a, b) => (a.node < b.node ? -1 : 1)),
    seed: seedState(seed),
  }
}

function stagedChange(node: string, action: Term): Change {
  const path = `staged.${node}`
  if (isAtom(action, 'leave')) return {action: 'leave', node}
  if (isAtom(action, 'remove')) return {action: 'remove', node}
  const [name, argument] = tuple(atom, anything)(action, path)
  if (name === 'replace') return {action: 'replace', node, with: nodeName(argument, path)}
  if (name === 'force_replace') return {action: 'forceReplace', node, with: nodeName(argument, path)}
  if (name === 'set_location') return {action: 'setLocation', node, location: location(argument, path)}
  throw new DecodeError(`${path}: a staged change is expected, not ${name}`)
}

function seedState(term: Term): Known<readonly [string, string]> {
  if (typeof term !== 'object' || !('list' in term) || term.list.length !== 1 || term.tail === undefined)
    return 'unknown'
  const words = [String(big(term.list[0]!, 'seed')), String(big(term.tail, 'seed'))] as const
  return words.every(word => /^\d{1,40}$/.test(word)) ? words : 'unknown'
}

function nodeFacts(node: string, facts: ReadonlyMap<string, Term>, partitions: number): NodeFacts {
  const path = `nodes.${node}`
  const get = <T>(key: string, item: Decoder<T>): T => required(facts, key, item, path)
  const clusterLimit = configured(integer)(facts.get('cluster_limit'), `${path}.cluster_limit`)
  return {
    node,
    ringHash: String(get('ring', integer)),
    ringReady: get('ready', boolean),
    version: get('version', orUnknown(label)),
    otp: get('otp', orUnknown(label)),
    ...(isAtom(facts.get('outside') ?? {atom: 'unknown'}, 'true') ? {outsideUnit: true as const} : {}),
    // infinity is no number that could be lowered to
    transferLimit: isAtom(get('limit', anything), 'infinity') ? 'unknown' : get('limit', orUnknown(integer)),
    ...(clusterLimit === undefined ? {} : {clusterLimit}),
    inbound: configured(boolean)(facts.get('no_inbound'), `${path}.no_inbound`) !== true,
    outbound: configured(boolean)(facts.get('no_outbound'), `${path}.no_outbound`) !== true,
    transfers: get('transfers', orUnknown(list(activeTransfer(partitions)))),
  }
}

const activeTransfer =
  (partitions: number): Decoder<ActiveTransfer> =>
  (term, path) => {
    const [, facts] = tuple(atom, properties)(term, path)
    const get = <T>(key: string, item: Decoder<T>): T => required(facts, key, item, path)
    const stats = get('stats', anything)
    return {
      kind: get('type', atom),
      module: get('mod', atom),
      partition: get('src_partition', position(partitions)),
      from: get('src_node', nodeName),
      to: get('target_node', nodeName),
      startedAt: get('start_ts', timestamp),
      ...(isAtom(stats, 'no_stats')
        ? {}
        : {stats: transferStats(properties(stats, `${path}.stats`), `${path}.stats`)}),
    }
  }

/** `{MegaSeconds, Seconds, MicroSeconds}` -> ms since 1970 */
const timestamp: Decoder<number> = (term, path) => {
  const [mega, seconds, micro] = tuple(integer, integer, integer)(term, path)
  const ms = (mega * 1e6 + seconds) * 1e3 + Math.round(micro / 1e3)
  if (ms >= 0 && ms <= 8.64e15) return ms
  throw new DecodeError(`${path}: a time is expected, not ${mega} ${seconds} ${micro}`)
}

function transferStats(facts: ReadonlyMap<string, Term>, path: string): NonNullable<ActiveTransfer['stats']> {
  const total = optional(tuple(integer, atom))(facts.get('size'), `${path}.size`)
  const done = optional(number)(facts.get('pct_done_decimal'), `${path}.pct_done_decimal`)
  return {
    objects: required(facts, 'objs_total', integer, path),
    objectsPerSecond: required(facts, 'objs_per_s', number, path),
    bytesPerSecond: required(facts, 'bytes_per_s', number, path),
    ...(done === undefined ? {} : {done}),
    ...(total === undefined ? {} : {total: {count: total[0], unit: total[1]}}),
  }
}
