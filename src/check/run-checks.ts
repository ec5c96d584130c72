/** All checks, and what they find: of each host, and of the cluster that it is to join. */
import type {Risk} from '../plan/risk.ts'
import type {Check, Finding, Level, Subject, World} from './check.ts'
import {machineChecks} from './machine-checks.ts'
import {networkChecks} from './network-checks.ts'
import {riakChecks} from './riak-checks.ts'

const hostChecks: readonly Check[] = [...riakChecks, ...networkChecks, ...machineChecks]

type Named = Pick<Check, 'id' | 'title' | 'source' | 'invariant'>

const reachable: Named = {
  id: 'reachable',
  title: 'the host can be reached and logged in to',
  source: 'ringup works over SSH alone',
  invariant: true,
}

/** Those of a plan's risks that are about the cluster itself. */
const clusterChecks: readonly Named[] = (
  [
    ['member-unreachable', 'every member is up', true],
    ['member-not-valid', 'no member leaves, or is marked down', true],
    ['staged', 'nothing is staged', true],
    ['staged-unknown', 'what is staged can be read', true],
    ['pending', 'no ownership transfer is pending', true],
    ['ring-not-ready', 'all members agree on the ring', true],
    ['version-mix', 'all members run one release', false],
    ['version-unknown', 'the release is one that ringup knows', false],
  ] as const
).map(([id, title, invariant]) => ({
  id,
  title,
  source: 'ringup stages nothing on a cluster that is not at rest',
  invariant,
}))

/** Every check there is, in the order of reports. */
export const allChecks: readonly Named[] = [...clusterChecks, reachable, ...hostChecks]

export const clusterFindings = (risks: readonly Risk[]): Finding[] =>
  clusterChecks.map(({id, title, source}) => {
    const risk = risks.find(candidate => candidate.id === id)
    const about = {id, host: 'cluster', source}
    if (!risk) {
      const unknown = id === 'staged' && risks.some(candidate => candidate.id === 'staged-unknown')
      return {
        ...about,
        level: unknown ? 'skip' : 'pass',
        found: unknown ? 'it cannot be read' : title,
        wanted: title,
      }
    }
    const {level, value, limit, fix, acceptable} = risk
    // of a release that tells it in no way: a plan may accept that
    const isFirm = level === 'block' && !(id === 'staged-unknown' && acceptable)
    return {...about, level: isFirm ? 'fail' : 'warn', found: value, wanted: limit, fix}
  })

export const hostFindings = (world: World): Finding[] =>
  world.hosts.flatMap(host => {
    const reached = reachedFinding(host)
    const {facts} = host
    if (!facts) return [reached]
    const found = hostChecks.flatMap(({id, source, judge}): Finding[] => {
      const verdict = judge({host, facts, world})
      return verdict ? [{id, host: host.host, source, ...verdict}] : []
    })
    return [reached, ...found]
  })

function reachedFinding({host, facts, failure}: Subject): Finding {
  const {id, source} = reachable
  const about = {id, host, source, wanted: 'reached over SSH, and logged in'}
  if (facts) return {...about, level: 'pass', found: 'reached'}
  return {
    ...about,
    level: 'fail',
    found: failure?.message ?? 'not asked',
    ...(failure?.hint === undefined ? {} : {fix: failure.hint}),
  }
}

const order: Readonly<Record<Level, number>> = {fail: 0, warn: 1, skip: 2, pass: 3}

export const worstFirst = (findings: readonly Finding[]): Finding[] =>
  [...findings].sort((a, b) => order[a.level] - order[b.level])

/** Fails that refuse: all but those whose ids are let pass, where no invariant stands behind them. */
export const refusing = (findings: readonly Finding[], letPass: readonly string[] = []): Finding[] => {
  const firm = new Set(allChecks.filter(({invariant}) => invariant).map(({id}) => id))
  return findings.filter(({level, id}) => level === 'fail' && (firm.has(id) || !letPass.includes(id)))
}
