/** The vital signs of several hosts, a few at a time; one that does not answer is left out. Only reads. */

import type {Door} from '../riak/door.ts'
import {askVitalSigns, type VitalSigns} from '../riak/host/vital-signs.ts'
import {slots} from '../ssh/slots.ts'
import {askEach} from './ask-each.ts'

export const vitalSigns = (
  doors: readonly Door[],
  most: number,
  signal?: AbortSignal,
): Promise<VitalSigns[]> =>
  askEach(doors, door => askVitalSigns(door, {timeout: 15_000, ...(signal === undefined ? {} : {signal})}), {
    places: slots(most),
  })
