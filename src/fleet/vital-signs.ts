/** The vital signs of several hosts, a few at a time; one that does not answer is left out. Only reads. */
import {isOpsError} from '../errors.ts'
import type {Door} from '../riak/door.ts'
import {askVitalSigns, type VitalSigns} from '../riak/host/vital-signs.ts'
import {slots} from '../ssh/slots.ts'

export async function vitalSigns(
  doors: readonly Door[],
  concurrency: number,
  signal?: AbortSignal,
): Promise<VitalSigns[]> {
  const places = slots(concurrency)
  const options = {timeout: 15_000, ...(signal === undefined ? {} : {signal})}
  const ask = async (door: Door): Promise<VitalSigns[]> => {
    try {
      return [await askVitalSigns(door, options)]
    } catch (error) {
      if (!isOpsError(error)) throw error
      return []
    }
  }
  return (await Promise.all(doors.map(door => places.within(() => ask(door))))).flat()
}
