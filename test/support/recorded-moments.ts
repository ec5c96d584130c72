/** The state that one recorded answer shows, whatever command it answers. */
import type {World} from '../../src/lab/model/world.ts'
import type {Ring} from '../../src/ring/ring.ts'
import {recordedSeeds} from './recorded-rings.ts'
import {
  activeWorld,
  detailsWorld,
  evalWorld,
  membersWorld,
  misplacedWorld,
  partitionsWorld,
  ringStatusWorld,
  ringWorld,
  summaryWorld,
  transfersWorld,
} from './recorded-state.ts'
import {type Recorded, recordedNode} from './replay-lab.ts'

/** A practice ring in the state that the recorded answer shows; `base`: its ring, where the text does not say. */
export function recordedMoment({command, stdout}: Recorded, base: Ring): World {
  const {claimant} = base
  if (command.includes('get_my_ring')) return evalWorld(stdout)
  if (command.includes('all_active_transfers')) return activeWorld(stdout, base)
  if (command.includes('riak_core_status:transfers')) return misplacedWorld(stdout, base)
  if (command.includes('ring-status')) return ringStatusWorld(stdout, base)
  if (command.includes('member-status') || command.includes('status --format=csv'))
    return membersWorld(stdout, claimant)
  if (command.includes('admin transfers')) return transfersWorld(stdout, base)
  if (command.includes('handoff details')) return detailsWorld(stdout, base)
  if (command.includes('handoff summary')) return summaryWorld(stdout, base)
  if (command.includes('cluster partitions')) return partitionsWorld(command, stdout, base)
  return ringWorld(base)
}

/** From now on the claimant deals leavers' partitions as it did when this was recorded. */
export function setRecordedSeed(world: World, claimant: number, which: keyof typeof recordedSeeds): void {
  recordedNode(world, claimant).memory.seed = recordedSeeds[which]
}
