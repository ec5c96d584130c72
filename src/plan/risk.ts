/** Something that speaks against a plan. */

/** Those that `--accept` may pass. The state of a cluster that is not idle may not be passed by any flag. */
const acceptableRisks = [
  'handoff-closed',
  'handoff-stuck',
  'disk-peak',
  'disk-unknown',
  'second-transition',
  'claim-unknown',
  'version-unknown',
] as const

const guards = [
  'member-unreachable',
  'member-not-valid',
  'staged',
  'staged-unknown',
  'pending',
  'ring-not-ready',
  'refused',
  'plan-crash',
  'replicas-on-one-node',
  'replicas-in-one-location',
] as const

const warnings = [
  'target-n-val',
  'version-mix',
  're-diagonalisation',
  'ring-fit',
  'disk-above-limit',
  'size-mean',
  'odd-limits',
  'ingest',
  'large-cluster',
] as const

/** Every risk that there is. */
export const riskIds = [...acceptableRisks, ...guards, ...warnings] as const

export type RiskId = (typeof acceptableRisks)[number] | (typeof guards)[number] | (typeof warnings)[number]

export type Risk = {
  /** stable, for scripts */
  readonly id: RiskId
  readonly level: 'block' | 'warn'
  /** what was found */
  readonly value: string
  /** what is wanted */
  readonly limit: string
  /** how to mend it */
  readonly fix: string
  /** whether `--accept` may pass it: the state of a cluster that is not at rest may not be passed by any flag */
  readonly acceptable: boolean
}
