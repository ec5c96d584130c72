/** Something that speaks against a plan. */

export type Risk = {
  /** stable, for scripts */
  readonly id: string
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
