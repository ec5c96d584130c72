import {OpsError} from '../errors.ts'
import {parseDuration} from '../units.ts'

/** A flag's duration in ms; throws an `OpsError` (exit 64) for what is not one. */
export function duration(text: string | undefined, flag: string): number | undefined {
  if (text === undefined) return undefined
  const ms = parseDuration(text)
  if (ms === undefined || ms === 0)
    throw new OpsError('usage', `${flag} ${text} is not a duration`, {
      hint: 'write it with a unit, as 30s, 5m or 6h, up to 3650d',
    })
  return ms
}
