/** What of a look at host keys is a failure, the worst first. */
import {OpsError} from '../errors.ts'
import {hostList} from '../inventory/host-list.ts'

export type TrustState =
  | 'known'
  | 'new'
  | 'as in the file'
  | 'not in the file'
  | 'NOT AS IN THE FILE'
  | 'CHANGED'
  | 'REVOKED'
  | 'not reached'

export type TrustedHost = {
  readonly host: string
  readonly address: string
  readonly state: TrustState
  readonly keyType: string | null
  readonly fingerprint: string | null
  /** the known_hosts file it is to be written to */
  readonly file: string | null
  /** more to know: another host with the same key, why it was not reached */
  readonly note: string | null
}

export type TrustReport = {
  readonly schema: 'ringup/hosts-trust/1'
  readonly hosts: readonly TrustedHost[]
  /** keys written */
  readonly added: number
}

export function failureFrom(report: TrustReport): OpsError | undefined {
  const named = (...states: TrustState[]): string =>
    hostList(report.hosts.filter(({state}) => states.includes(state)).map(({host}) => host))
  const refused = named('CHANGED', 'REVOKED', 'NOT AS IN THE FILE')
  if (refused !== '')
    return new OpsError('refused', `the host keys of ${refused} are refused`, {
      hint: 'find out whether the host was reinstalled or somebody listens in; then remove the old key: ssh-keygen -R',
      facts: {report},
    })
  const unreached = named('not reached')
  if (unreached !== '')
    return new OpsError('unreachable', `${unreached} did not show a host key`, {
      hint: 'the others are done; run it again for these',
      facts: {report},
    })
  return undefined
}
