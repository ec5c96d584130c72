/** Fingerprints of many hosts, side by side. */
import {table} from '../kit/table.ts'

type Shown = {
  readonly host: string
  readonly address: string
  readonly state: string
  readonly keyType: string | null
  readonly fingerprint: string | null
  readonly note: string | null
}

export const trustText = (hosts: readonly Shown[]): string =>
  `${table<Shown>(
    [
      {title: 'host', cell: ({host}) => host},
      {title: 'address', cell: ({address}) => address},
      {title: 'fingerprint', cell: ({fingerprint}) => fingerprint ?? '-'},
      {title: 'type', cell: ({keyType}) => keyType ?? '-'},
      {title: 'state', cell: ({state, note}) => (note === null ? state : `${state}: ${note}`)},
    ],
    hosts,
    '',
  ).join('\n')}\n`
