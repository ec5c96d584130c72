/** What of a look at host keys is a failure, the worst first. */
import {OpsError} from '../errors.ts'
import {hostList} from '../inventory/host-list.ts'
import type {TrustReport, TrustState} from './trust.ts'

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
