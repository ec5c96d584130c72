/**
 * `ringup hosts trust`: host keys are shown to a person, side by side, and become known by their yes. A key that is
 * known and has changed is never taken.
 */

import type {Fleet} from '../fleet/fleet.ts'
import {selectHosts} from '../fleet/select-hosts.ts'
import type {Host} from '../inventory/inventory.ts'
import {mostBytes, readText} from '../read-text.ts'
import {isHostFailure} from '../ssh/failure.ts'
import {addKnownHosts, knownFor} from '../ssh/host-key.ts'
import {fingerprint, judgeHostKey, type KnownHost, keyTypeOf, parseKnownHosts} from '../ssh/known-hosts.ts'
import {connectionKey, knownHostsName, type Target} from '../ssh/target.ts'
import {failureFrom, type TrustedHost, type TrustReport, type TrustState} from './trust-report.ts'

type Seen = {readonly target: Target; readonly key: Buffer | undefined; readonly shown: TrustedHost}

export type TrustRequest = {
  readonly hosts: readonly string[]
  readonly fromFile?: string | undefined
  readonly show: (hosts: readonly TrustedHost[]) => void
  /** throws unless a person says yes */
  readonly approve: (count: number, files: readonly string[]) => Promise<void>
}

/** Throws an `OpsError`: exit 3 for a key that is refused, 6 for a host that was not reached. */
export async function trustHosts(fleet: Fleet, request: TrustRequest): Promise<TrustReport> {
  const vouched = request.fromFile === undefined ? undefined : entriesOf(request.fromFile)
  const targets = selectHosts(fleet.inventory, request.hosts).map((host: Host) => fleet.targetOf(host))
  const seen: Seen[] = []
  let added = 0
  // who is behind a jump host can be seen only when that is known
  for (const step of [...jumpsBefore(targets), targets]) {
    const found = await Promise.all(step.map(target => look(fleet, target, vouched)))
    const told = withTwins(found)
    request.show(told.map(({shown}) => shown))
    const wanted = told.filter(({shown: {state}}) => state === (vouched ? 'as in the file' : 'new'))
    if (wanted.length > 0) {
      const files = [...new Set(wanted.map(({shown}) => shown.file!))]
      await request.approve(wanted.length, files)
      for (const file of files)
        addKnownHosts(
          file,
          wanted
            .filter(({shown}) => shown.file === file)
            .map(({target, key}) => ({name: knownHostsName(target), key: key!})),
        )
      added += wanted.length
    }
    seen.push(...told)
  }
  const hosts = seen.map(({shown}) => shown)
  const report = {schema: 'ringup/hosts-trust/1', hosts, added} as const
  const failure = failureFrom(report)
  if (failure) throw failure
  return report
}

/** The jump hosts of all, each once, those that are reached first in front. */
function jumpsBefore(targets: readonly Target[]): Target[][] {
  const steps: Target[][] = []
  const known = new Set<string>()
  for (const target of targets) {
    const chain: Target[] = []
    for (let {jump} = target; jump; {jump} = jump) chain.unshift(jump)
    for (const [at, jump] of chain.entries()) {
      const key = connectionKey(jump)
      if (known.has(key)) continue
      known.add(key)
      steps[at] = [...(steps[at] ?? []), jump]
    }
  }
  return steps
}

async function look(fleet: Fleet, target: Target, vouched: readonly KnownHost[] | undefined): Promise<Seen> {
  const about = {
    host: target.name,
    address: knownHostsName(target),
    file: target.knownHostsFiles[0] ?? null,
    note: null,
  }
  try {
    const {scanKey} = await import('../ssh/scan-key.ts')
    const key = await scanKey(target, await fleet.pool.wayTo(target))
    const shown = {...about, keyType: keyTypeOf(key), fingerprint: fingerprint(key)}
    const {verdict} = judgeHostKey(knownFor(target), about.address, key)
    const state = {
      known: 'known',
      changed: 'CHANGED',
      revoked: 'REVOKED',
      unknown: 'new',
      // a certificate cannot be checked here, the plain key can
      authority: 'new',
    }[verdict] as TrustState
    if (state !== 'new' || !vouched) return {target, key, shown: {...shown, state}}
    const byFile = judgeHostKey(vouched, about.address, key).verdict
    const inFile: TrustState =
      byFile === 'known'
        ? 'as in the file'
        : byFile === 'unknown' || byFile === 'authority'
          ? 'not in the file'
          : 'NOT AS IN THE FILE'
    return {target, key, shown: {...shown, state: inFile}}
  } catch (error) {
    if (!isHostFailure(error)) throw error
    const note = error.message.replace(`${target.name}: `, '')
    const shown = {...about, note, state: 'not reached' as const, keyType: null, fingerprint: null}
    return {target, key: undefined, shown}
  }
}

/** Two hosts with one key are often one host, or were made of one image. */
function withTwins(seen: readonly Seen[]): Seen[] {
  const first = new Map<string, string>()
  return seen.map(one => {
    const {fingerprint: print, host} = one.shown
    if (print === null) return one
    const twin = first.get(print)
    if (twin === undefined) first.set(print, host)
    return twin === undefined ? one : {...one, shown: {...one.shown, note: `the same key as ${twin}`}}
  })
}

function entriesOf(file: string): KnownHost[] {
  const hint = 'it is to have the form of known_hosts, as ssh-keyscan writes it'
  return parseKnownHosts(readText(file, {what: 'the file', most: mostBytes.inventory, hint}), file)
}
