/**
 * The functions that expressions may call on a practice node: Erlang's own as far as questions need them, and those
 * of riak_core that tell of the ring, of transfers and of settings. All of them only read.
 */
import {compareTerms, isSame, keyOf} from '../erlang/compare-terms.ts'
import {atomName, ErlangError, type ErrorClass, itemsOf} from '../erlang/erlang-error.ts'
import type {Call, Library} from '../erlang/evaluate.ts'
import {
  atom,
  elements,
  isAtom,
  isList,
  isTuple,
  list,
  type Term,
  truth,
  tuple,
  undefinedAtom,
} from '../erlang/term.ts'
import {isUp, type LabNode, nodeOf, presentIn} from '../model/world.ts'
import {settingOf} from './environment.ts'
import {servicesOf} from './local-node.ts'
import {badarg, type NodeFunction, type Place, text, timestamp} from './node-function.ts'
import {reachOf} from './peers.ts'
import type {LabRelease} from './release.ts'
import {ringFunctions} from './ring-functions.ts'
import type {Asked} from './run.ts'
import {statusFunctions} from './status-functions.ts'

/** The one setting that ringup changes in this way. */
function setClusterLimit(
  {node}: Place,
  application: Term | undefined,
  key: Term | undefined,
  value: Term | undefined,
): Term {
  if (atomName(application!) !== 'riak_core' || atomName(key!) !== 'forced_ownership_handoff') return badarg()
  node.clusterLimit = value === undefined ? undefined : whole(value)
  return atom('ok')
}

const raise = (kind: ErrorClass, reason: Term | undefined): never => {
  throw new ErlangError(reason!, kind)
}

const whole = (term: Term): number => (typeof term === 'number' ? term : badarg())

const erlangFunctions: Readonly<Record<string, NodeFunction>> = {
  'erlang:node/0': (_, {place}) => atom(place.node.name),
  'erlang:nodes/0': (_, {place}) => list(connectedTo(place).map(({name}) => atom(name))),
  'erlang:error/1': ([reason]) => raise('error', reason),
  'erlang:throw/1': ([reason]) => raise('throw', reason),
  'erlang:exit/1': ([reason]) => raise('exit', reason),
  'erlang:is_alive/0': () => truth(true),
  'erlang:phash2/1': ([term]) => hashOf(term!),
  'erlang:system_info/1': ([what], {place}) => systemInfo(atomName(what!), place.world.settings.release),
  'erlang:apply/2': ([fun, args], {apply}) => apply(fun!, itemsOf(args!)),
  'erlang:apply/3': ([module, name, args], {invoke}) =>
    invoke(atomName(module!), atomName(name!), itemsOf(args!)),
  'erlang:element/2': ([at, term]) => (isTuple(term!) ? term.tuple[whole(at!) - 1] : undefined) ?? badarg(),
  'erlang:length/1': ([term]) => elements(term!)?.length ?? badarg(),
  'erlang:tuple_size/1': ([term]) => (isTuple(term!) ? term.tuple.length : badarg()),
  'erlang:hd/1': ([term]) => elements(term!)?.[0] ?? badarg(),
  'erlang:tl/1': ([term]) => list((elements(term!) ?? badarg()).slice(1)),
  'erlang:round/1': ([term]) => Math.round(numeric(term!)),
  'erlang:trunc/1': ([term]) => Math.trunc(numeric(term!)),
  'erlang:is_list/1': ([term]) => truth(elements(term!) !== undefined || isList(term!)),
  'erlang:is_atom/1': ([term]) => truth(isAtom(term!)),
  'erlang:is_tuple/1': ([term]) => truth(isTuple(term!)),
  'erlang:is_integer/1': ([term]) => truth(typeof term === 'number' || typeof term === 'bigint'),
  'erlang:atom_to_list/1': ([term]) => atomName(term!),
  'erlang:list_to_atom/1': ([term]) => atom(text(term!)),
  'erlang:integer_to_list/1': ([term]) => String(term),
  'erlang:system_time/1': ([unit], {place}) => inUnit(place.world.now, atomName(unit!)),
  'os:timestamp/0': (_, {place}) => timestamp(place.world.now),
  'os:getpid/0': () => '25642',
  'lists:member/2': ([item, items]) => truth(itemsOf(items!).some(other => isSame(other, item!))),
  'lists:map/2': ([fun, items], {apply}) => list(itemsOf(items!).map(item => apply(fun!, [item]))),
  'lists:filter/2': ([fun, items], {apply}) =>
    list(itemsOf(items!).filter(item => isAtom(apply(fun!, [item]), 'true'))),
  'lists:foldl/3': ([fun, start, items], {apply}) =>
    itemsOf(items!).reduce((held, item) => apply(fun!, [item, held]), start!),
  'lists:sum/1': ([items]) => itemsOf(items!).reduce<number>((sum, item) => sum + numeric(item), 0),
  'lists:sort/1': ([items]) => list([...itemsOf(items!)].sort(compareTerms)),
  'lists:usort/1': ([items]) =>
    list(
      [...itemsOf(items!)]
        .sort(compareTerms)
        .filter((item, at, all) => at === 0 || !isSame(item, all[at - 1]!)),
    ),
  'lists:reverse/1': ([items]) => list([...itemsOf(items!)].reverse()),
  'lists:nth/2': ([at, items]) => itemsOf(items!)[whole(at!) - 1] ?? badarg(),
  'lists:sublist/2': ([items, count]) => list(itemsOf(items!).slice(0, whole(count!))),
  'lists:seq/2': ([from, to]) =>
    list(Array.from({length: Math.max(0, whole(to!) - whole(from!) + 1)}, (_, at) => whole(from!) + at)),
  'lists:zip/2': ([first, second]) =>
    list(itemsOf(first!).map((item, at) => tuple(item, itemsOf(second!)[at] ?? badarg()))),
  'lists:keyfind/3': ([key, at, items]) =>
    itemsOf(items!).find(item => isTuple(item) && isSame(item.tuple[whole(at!) - 1] ?? badarg(), key!)) ??
    truth(false),
  'proplists:get_value/2': ([key, items]) => property(key!, items!) ?? undefinedAtom,
  'proplists:get_value/3': ([key, items, otherwise]) => property(key!, items!) ?? otherwise!,
  'application:get_env/2': ([application, key], {place}) => {
    const value = settingOf(place, atomName(application!), atomName(key!))
    return value === undefined ? undefinedAtom : tuple(atom('ok'), value)
  },
  'application:get_env/3': ([application, key, otherwise], {place}) =>
    settingOf(place, atomName(application!), atomName(key!)) ?? otherwise!,
  'application:set_env/3': ([application, key, value], {place}) =>
    setClusterLimit(place, application, key, value),
  'application:unset_env/2': ([application, key], {place}) =>
    setClusterLimit(place, application, key, undefined),
  'app_helper:get_env/2': ([application, key], {place}) =>
    settingOf(place, atomName(application!), atomName(key!)) ?? undefinedAtom,
  'app_helper:get_env/3': ([application, key, otherwise], {place}) =>
    settingOf(place, atomName(application!), atomName(key!)) ?? otherwise!,
  'release_handler:which_releases/0': (_, {place}) =>
    list([tuple('riak', place.node.trouble.version, list([]), atom('permanent'))]),
  'init:get_status/0': (_, {place}) =>
    tuple(atom(place.node.state === 'running' ? 'started' : 'starting'), atom('started')),
  'net_adm:ping/1': ([name], {place}) =>
    atom(reachOf(place.world, place.node, atomName(name!)) === 'up' ? 'pong' : 'pang'),
  'rpc:call/4': ([name, module, called, args], call) =>
    callOn(call, atomName(name!), atomName(module!), atomName(called!), itemsOf(args!)),
  'rpc:call/5': ([name, module, called, args], call) =>
    callOn(call, atomName(name!), atomName(module!), atomName(called!), itemsOf(args!)),
  'rpc:multicall/4': ([names, module, called, args], call) =>
    multicall(call, names!, module!, called!, args!),
  'rpc:multicall/5': ([names, module, called, args, timeout], call) =>
    multicall(call, names!, module!, called!, args!, whole(timeout!)),
  'riak_core_node_watcher:services/0': (_, {place}) => list(servicesOf(place.node).map(atom)),
  'riak_core_node_watcher:services/1': ([name], {place}) => {
    const other = place.world.nodes.get(atomName(name!))
    return list((other && isUp(other) ? servicesOf(other) : []).map(atom))
  },
}

/** ms until the distribution notices that nobody is there any more */
const tickTime = 60_000

/** Connected nodes; one that fell silent counts for another minute. */
function connectedTo({world, node}: Asked): LabNode[] {
  return presentIn(node.view.ring)
    .filter(name => name !== node.name)
    .flatMap(name => {
      const other = world.nodes.get(name)
      if (!other) return []
      const reach = reachOf(world, node, name)
      const since = other.silentSince ?? node.silentSince ?? 0
      return reach === 'up' || (reach === 'silent' && world.now - since < tickTime) ? [other] : []
    })
}

function callOn(
  {place, invoke}: Call<Place>,
  name: string,
  module: string,
  called: string,
  args: readonly Term[],
): Term {
  const reach = reachOf(place.world, place.node, name)
  if (reach !== 'up') return tuple(atom('badrpc'), atom(reach === 'silent' ? 'timeout' : 'nodedown'))
  return invoke(module, called, args, {...place, node: nodeOf(place.world, name)})
}

function multicall(
  call: Call<Place>,
  names: Term,
  module: Term,
  called: Term,
  args: Term,
  timeout = 60_000,
): Term {
  const {place} = call
  const results: Term[] = []
  const bad: Term[] = []
  for (const name of itemsOf(names).map(atomName)) {
    const reach = reachOf(place.world, place.node, name)
    if (reach === 'silent') place.waited.ms = Math.max(place.waited.ms, timeout)
    if (reach === 'up') results.push(callOn(call, name, atomName(module), atomName(called), itemsOf(args)))
    else bad.push(atom(name))
  }
  return tuple(list(results), list(bad))
}

const numeric = (term: Term): number =>
  typeof term === 'number' || typeof term === 'bigint'
    ? Number(term)
    : typeof term === 'object' && 'float' in term
      ? term.float
      : badarg()

function property(key: Term, items: Term): Term | undefined {
  const found = itemsOf(items).find(
    item => isTuple(item) && item.tuple.length === 2 && isSame(item.tuple[0]!, key),
  )
  return found && isTuple(found) ? found.tuple[1] : undefined
}

function systemInfo(what: string, {otp, erts}: LabRelease): Term {
  const facts: Readonly<Record<string, Term>> = {
    otp_release: otp,
    version: erts,
    schedulers: 2,
    process_limit: 262_144,
    process_count: 1014,
    port_limit: 65_536,
  }
  return facts[what] ?? badarg()
}

const inUnit = (now: number, unit: string): Term =>
  unit === 'second' ? Math.floor(now / 1000) : unit === 'microsecond' ? now * 1000 : now

/** Below 2^27, equal for equal terms; not the number that Erlang computes. */
function hashOf(term: Term): number {
  let hash = 0x811c9dc5
  for (const character of keyOf(term)) hash = Math.imul(hash ^ character.codePointAt(0)!, 0x01000193) >>> 0
  return hash % 2 ** 27
}

export const riakLibrary: Library<Place> = new Map(
  Object.entries({...erlangFunctions, ...ringFunctions, ...statusFunctions}),
)
