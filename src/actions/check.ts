/** `ringup check`: which hosts, which checks, and what they found. */
import type {Finding, Level} from '../check/check.ts'
import {allChecks, clusterFindings, hostFindings, worstFirst} from '../check/run-checks.ts'
import {OpsError} from '../errors.ts'
import type {Fleet} from '../fleet/fleet.ts'
import {nowAndThen} from '../now-and-then.ts'
import {memberNodes} from '../ring/snapshot.ts'
import {counted} from '../units.ts'
import {inspect} from './inspect.ts'
import {refuseUnknown} from './known-ids.ts'

export type CheckReport = {
  readonly schema: 'ringup/check/1'
  readonly cluster: string
  /** hosts that were judged */
  readonly hosts: readonly string[]
  readonly counts: Readonly<Record<Level, number>>
  /** worst first */
  readonly findings: readonly Finding[]
  /** ms */
  readonly took: number
}

export type CheckRequest = {
  /** none: every host that is not a member */
  readonly hosts: readonly string[]
  readonly only?: readonly string[] | undefined
  readonly skip?: readonly string[] | undefined
}

export async function runCheck(
  fleet: Fleet,
  request: CheckRequest,
  say: (text: string) => void,
): Promise<CheckReport> {
  const wanted = selection(request)
  const started = fleet.clock.now()
  const named = fleet.hostsNamed(request.hosts).map(({name}) => name)
  const {snapshot} = await fleet.ask({
    except: fleet.inventory.hosts.filter(({name}) => named.includes(name)),
  })
  const members = memberNodes(snapshot.ring)
  const hosts = fleet.doors.filter(({host, node}) =>
    named.length > 0 ? named.includes(host) : !members.has(node),
  )
  const tell = nowAndThen(say)
  const {world, plan} = await inspect({
    fleet,
    snapshot,
    hosts,
    members: fleet.doors.filter(({node}) => members.has(node)),
    size: wanted('disk'),
    onProgress: (done, all) => {
      if (done < all) tell(() => `${done} of ${counted(all, 'host')} looked at`)
    },
  })
  const findings = worstFirst(
    [...clusterFindings(plan.risks), ...hostFindings(world)].filter(({id}) => wanted(id)),
  )
  const count = (level: Level): number => findings.filter(finding => finding.level === level).length
  return {
    schema: 'ringup/check/1',
    cluster: fleet.inventory.cluster,
    hosts: hosts.map(({host}) => host),
    counts: {fail: count('fail'), warn: count('warn'), skip: count('skip'), pass: count('pass')},
    findings,
    took: fleet.clock.now() - started,
  }
}

/** Throws an `OpsError` (exit 64) for an id that no check has. */
export function knownChecks(ids: readonly string[]): readonly string[] {
  refuseUnknown(
    'check',
    ids,
    allChecks.map(({id}) => id),
  )
  return ids
}

function selection({only, skip = []}: CheckRequest): (id: string) => boolean {
  knownChecks([...(only ?? []), ...skip])
  return id => (only?.includes(id) ?? true) && !skip.includes(id)
}

/** Throws an `OpsError` (exit 3) when a check fails. */
export function refuseFailed({findings, counts}: CheckReport): void {
  const fails = findings.filter(({level}) => level === 'fail')
  const [first] = fails
  if (!first) return
  throw new OpsError(
    'refused',
    `${counted(counts.fail, 'check')} failed: ${[...new Set(fails.map(({id, host}) => `${id} (${host})`))].join(', ')}`,
    {...(first.fix === undefined ? {} : {hint: first.fix})},
  )
}
