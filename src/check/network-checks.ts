/** Names and ports between new hosts and members, each seen from the host that has to use it. */
import type {Dialled, PeerFacts, Way} from '../riak/host/host-facts.ts'
import {type Check, few, type HostView, type Level, type Subject, type Verdict} from './check.ts'

/** One way from one host to another, and what became of it. */
type Pair = {
  readonly from: string
  readonly to: string
  readonly port: number | undefined
  readonly found: Dialled | 'not measured' | string
  readonly level: Level
}

/** Every way between a host and the members, there and back. */
function pairs(
  {host, facts, world}: HostView,
  judge: (seen: PeerFacts, to: Subject) => Omit<Pair, 'from' | 'to'> | undefined,
): Pair[] {
  const others = world.members.filter(member => member.host !== host.host)
  const from = (one: Subject, to: Subject): Pair[] => {
    const ends = {from: one.host, to: to.host}
    if (one.facts === undefined)
      return [{...ends, port: undefined, found: `${one.host} cannot be asked`, level: 'warn'}]
    if (!one.facts.bash) return [{...ends, port: undefined, found: 'no bash to measure with', level: 'warn'}]
    const seen = one.facts.peers.find(({node}) => node === to.node)
    const judged = seen && judge(seen, to)
    return judged ? [{...ends, ...judged}] : []
  }
  return others.flatMap(other => [
    ...from({...host, facts}, other),
    ...(isAsked(other, host) ? from(other, host) : []),
  ])
}

/** Not every member is asked for the ways from it. */
const isAsked = ({facts, failure}: Subject, host: Subject): boolean =>
  facts ? !facts.bash || facts.peers.some(({node}) => node === host.node) : failure !== undefined

function verdict(
  all: readonly Pair[],
  good: string,
  wanted: string,
  fix: (pair: Pair) => string,
): Verdict | undefined {
  if (all.length === 0) return undefined
  const bad = all.filter(({level}) => level === 'fail')
  const open = all.filter(({level}) => level === 'warn')
  const [worst] = [...bad, ...open]
  const tell = ({from, to, port, found}: Pair): string =>
    `${from} -> ${to}${port === undefined ? '' : ` port ${port}`}: ${words(found)}`
  const details = {pairs: all.map(({level, ...pair}) => ({...pair, level}))}
  if (!worst) return {level: 'pass', found: good, wanted, details}
  return {
    level: worst.level,
    found: few([...bad, ...open].map(tell), 8),
    wanted,
    fix: fix(worst),
    details,
  }
}

const words = (found: string): string =>
  found === 'silent' ? 'no answer in 3 s' : found === 'refused' ? 'refused, though it should listen' : found

const names: Check = {
  id: 'names',
  title: 'node names resolve on every host that uses them',
  source: 'Erlang: the part after the @ is looked up on each host, by itself',
  invariant: false,
  judge: view => {
    const wanted = 'an address that is not the loopback'
    const own = view.facts.peers.find(({node}) => node === view.host.node)
    const judge = (seen: PeerFacts): Omit<Pair, 'from' | 'to'> => {
      const isLoopback = /^(127\.|::1$)/.test(seen.address ?? '') && !/@127\./.test(seen.node)
      return {
        port: undefined,
        found:
          seen.address === undefined
            ? `${seen.node} does not resolve`
            : isLoopback
              ? `${seen.node} is ${seen.address} there`
              : seen.address,
        level: seen.address === undefined || isLoopback ? 'fail' : 'pass',
      }
    }
    const all = [
      ...(own ? [{from: view.host.host, to: view.host.host, ...judge(own)}] : []),
      ...pairs(view, judge),
    ]
    return verdict(
      all,
      own?.address ?? 'all resolve',
      wanted,
      ({from}) => `add the name to DNS, or to /etc/hosts on ${from}`,
    )
  },
}

/** @param state of the target, as it said itself or as the cluster has it */
function judgeWay(way: Way | undefined, isRunning: boolean): Omit<Pair, 'from' | 'to'> | undefined {
  if (way === undefined) return undefined
  const {port, outcome} = way
  // a host that refuses was reached: nothing listens there before Riak runs
  const isGood = outcome === 'open' || (outcome === 'refused' && !isRunning)
  return {port, found: outcome, level: isGood ? 'pass' : 'fail'}
}

const port = (
  id: string,
  title: string,
  source: string,
  pick: (peer: PeerFacts) => Way | undefined,
  what: string,
): Check => ({
  id,
  title,
  source,
  invariant: false,
  judge: view => {
    const {world} = view
    const isRunning = (to: Subject): boolean =>
      to.facts ? to.facts.state === 'running' : world.up.has(to.node)
    const all = pairs(view, (seen, to) => {
      if (seen.address === undefined) return undefined
      // it may listen on another address than the node's name
      const apart = id === 'port-handoff' && listensElsewhere(seen, to)
      return judgeWay(pick(seen), isRunning(to) && !apart)
    })
    const measured = all.filter(({level}) => level === 'pass').length
    return verdict(
      all,
      `${measured} of ${all.length} ways`,
      'open both ways between the host and every member',
      ({from, to, port}) =>
        port === undefined
          ? `see that ${from} can be reached: ringup check ${from}`
          : `let ${from} reach ${what} (${port}) on ${to}: firewall, routes, security group`,
    )
  },
})

const listensElsewhere = ({address}: PeerFacts, {facts}: Subject): boolean => {
  const ip = facts?.config?.handoffIp
  return ip !== undefined && ip !== '0.0.0.0' && ip !== address
}

export const networkChecks: readonly Check[] = [
  names,
  port('port-epmd', 'epmd can be reached, both ways', 'Erlang: epmd, port 4369', ({epmd}) => epmd, 'epmd'),
  port(
    'port-distribution',
    'the Erlang port can be reached, both ways',
    'Erlang: the port that epmd tells; erlang.distribution.port_range',
    ({distribution}) => distribution,
    'the Erlang node',
  ),
  port(
    'port-handoff',
    'the handoff port can be reached, both ways',
    'riak_core: handoff.port, 8099',
    ({handoff}) => handoff,
    'handoff',
  ),
]
