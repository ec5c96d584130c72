/** Practice rings on which handoff does not go on, or not as it might: one for each cause that can be set from outside. */
import type {Fault} from '../../src/lab/server/faults.ts'
import type {Lab, LabOptions} from '../../src/lab/server/start-lab.ts'
import type {CauseId} from '../../src/watch/cause.ts'

export type StuckRing = {
  readonly id: CauseId
  /** while ownership moves to r05 and r06 */
  readonly set: (lab: Lab) => Promise<void>
  readonly options?: LabOptions
}

/** Four members, of which the claimant is the first, and two hosts that are to join. */
export const movingRing: LabOptions = {
  nodes: 4,
  spare: 2,
  ring: 64,
  speed: 40,
  seed: 11,
  bytes: 60e9,
  rate: 30e6,
  patience: 400,
}

/** Commits both, and returns while their data moves. */
export const letMove = 'add r05 r06 --yes --no-wait --accept disk-peak'.split(' ')

export const faults = async (lab: Lab, ...all: Fault[]): Promise<void> => {
  for (const fault of all) await lab.fault(fault)
}
export const everywhere = (lab: Lab, make: (host: string) => Fault): Fault[] =>
  lab.hosts.map(({name}) => make(name))

/** Ends what is under way, so that nothing is left to go on beside a cause. */
export const killTransfers = (lab: Lab): Promise<void> =>
  faults(
    lab,
    ...everywhere(lab, host => ({fault: 'handoff', host, way: 'outbound', on: false})),
    ...everywhere(lab, host => ({fault: 'handoff', host, way: 'outbound', on: true})),
  )

export const stuckRings: readonly StuckRing[] = [
  {
    id: 'member-down',
    set: lab => faults(lab, {fault: 'kill', host: 'r02'}),
  },
  {
    id: 'claimant-down',
    set: lab => faults(lab, {fault: 'kill', host: 'r01'}),
  },
  {
    id: 'one-sided',
    set: async lab => {
      await faults(
        lab,
        ...lab.hosts
          .slice(0, 4)
          .flatMap(({name}) =>
            ['r05', 'r06'].map((to): Fault => ({fault: 'oneSided', host: name, to, on: true})),
          ),
      )
      await killTransfers(lab)
    },
  },
  {
    id: 'limit-zero',
    set: lab => faults(lab, ...everywhere(lab, host => ({fault: 'transferLimit', host, limit: 0}))),
  },
  {
    id: 'handoff-disabled',
    set: lab =>
      faults(lab, ...everywhere(lab, host => ({fault: 'handoff', host, way: 'outbound', on: false}))),
  },
  {
    id: 'disk-full',
    set: lab => faults(lab, {fault: 'diskFull', host: 'r05'}, {fault: 'diskFull', host: 'r06'}),
  },
  {
    id: 'receiver-timeout',
    set: async lab => {
      await faults(
        lab,
        {fault: 'receiverTimeout', host: 'r05', on: true},
        {fault: 'receiverTimeout', host: 'r06', on: true},
      )
      // each has failed more than once
      lab.skip(3 * 60e3)
    },
    options: {bytes: 20e9},
  },
  {
    id: 'vnode-busy',
    set: async lab => {
      await faults(lab, ...everywhere(lab, host => ({fault: 'busy', host, queue: 48_211})))
      await killTransfers(lab)
    },
  },
  {
    id: 'ring-not-converging',
    set: async lab => {
      await faults(lab, {fault: 'deaf', host: 'r03', on: true})
      // so that there is a new ring which it does not hear of
      lab.skip(30 * 60e3)
    },
    options: {bytes: 20e9},
  },
  {
    id: 'claimant-moved',
    set: lab => faults(lab, {fault: 'claimant', host: 'r02'}),
    options: {speed: 60},
  },
  {
    id: 'version-mix',
    set: lab => faults(lab, {fault: 'version', host: 'r03', version: '3.0.16'}),
    options: {speed: 60},
  },
  {
    id: 'cluster-limit',
    set: lab => faults(lab, ...everywhere(lab, host => ({fault: 'clusterLimit', host, limit: 2}))),
    options: {speed: 60},
  },
  {
    id: 'clock-skew',
    set: lab => faults(lab, {fault: 'clock', host: 'r06', aheadMs: 90_000}),
    options: {speed: 60},
  },
]
