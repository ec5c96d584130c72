/** The practice ring that each page of the documentation is about, where it is not a healthy one. */
import {appendFileSync} from 'node:fs'
import {join} from 'node:path'
import type {Lab, LabOptions} from '../../src/lab/server/start-lab.ts'
import {type CauseId, causeIds} from '../../src/watch/cause.ts'
import {killTransfers, letMove, movingRing, stuckRings} from '../support/stuck-rings.ts'

export type Stage = {
  readonly lab: Lab
  /** where the lines are run; `inventory.yaml` is there */
  readonly folder: string
  readonly run: (line: string) => Promise<{readonly code: number | null; readonly output: string}>
}

export type Ring = {
  readonly options?: LabOptions
  /** before the first line; what it returns is called after the last */
  readonly ready?: (stage: Stage) => Promise<(() => Promise<void>) | undefined>
  /** before each line */
  readonly before?: (command: string, stage: Stage) => Promise<void>
}

const pages = 'docs/when-things-go-wrong'

/** A page about a cause of handoff that does not go on: the cause is there while its lines are run. */
function stuck(id: CauseId): Ring {
  const ring = stuckRings.find(one => one.id === id)
  return {
    options: {...movingRing, ...ring?.options},
    ready: async ({lab, run}) => {
      // only what is about a run of ringup needs one
      if (id === 'claimant-moved') await run(`ringup ${letMove.join(' ')}`)
      else await joinByHand(lab, 'r05', 'r06')
      await ring?.set(lab)
      return undefined
    },
  }
}

/** Stages joins as somebody does who does not use ringup. */
async function stageByHand(lab: Lab, ...hosts: readonly string[]): Promise<void> {
  for (const host of hosts) await lab.fault({fault: 'start', host})
  lab.skip(60_000)
  for (const host of hosts) await lab.fault({fault: 'stage', action: 'join', host})
  lab.skip(60_000)
}

/** And commits them: ownership moves. */
async function joinByHand(lab: Lab, ...hosts: readonly string[]): Promise<void> {
  await stageByHand(lab, ...hosts)
  await lab.fault({fault: 'foreign', action: 'plan'})
  await lab.fault({fault: 'foreign', action: 'commit'})
  // nodes look at what is pending every ten seconds
  lab.skip(15_000)
}

/** Somebody has staged a join by hand. */
const staged: Ring = {
  options: {nodes: 3, spare: 1, ring: 16, speed: 100, seed: 3},
  ready: async ({lab}) => {
    await stageByHand(lab, 'r04')
    return undefined
  },
}

/** Ownership has just moved; at this speed what is hinted stays for as long as it is looked at. */
const hintedOnly: Ring = {
  options: {nodes: 3, spare: 1, ring: 16, speed: 3, seed: 3},
  ready: async ({lab}) => {
    await joinByHand(lab, 'r04')
    for (let seconds = 0; lab.node('r01').cluster.ring.pending.length > 0; seconds += 1) {
      if (seconds > 3600) throw new Error('ownership does not move')
      lab.skip(1000)
    }
    return undefined
  },
}

/** What is sent is cut off after each look at it, and has begun again before the next. */
const restartLoop: Ring = {
  ...stuck('restart-loop'),
  ready: async stage => {
    await stuck('restart-loop').ready!(stage)
    const {lab} = stage
    let going = Promise.resolve()
    lab.onCommand(({line}) => {
      if (line.includes(' eval ')) going = going.then(() => killTransfers(lab)).then(() => lab.skip(15_000))
    })
    return () => going
  },
}

/** r06 has a disk that the growth would fill. */
const smallDisk: Ring = {
  ready: async ({lab}) => {
    await lab.fault({fault: 'diskSize', host: 'r06', size: 3e9})
    return undefined
  },
}

/** A run on it is under way for as long as a test needs, and done after some days. */
const muchData: LabOptions = {speed: 30, bytes: 400e9, disk: {size: 4e12, other: 2e9}}
/** ms */
const days = 5 * 24 * 3600e3

/** Somebody's run is under way. */
const locked: Ring = {
  options: muchData,
  before: async (command, {lab}) => {
    if (command.startsWith('ringup watch')) lab.skip(days)
  },
  ready: async ({lab, run}) => {
    const other = run('ringup add r06 --yes')
    while (!lab.commands.some(({line}) => line.includes('cluster commit'))) await pause(100)
    return async () => void (await other)
  },
}

const unreachable: Ring = {
  ready: async ({lab}) => {
    await lab.fault({fault: 'unreachable', host: 'r06'})
    await lab.fault({fault: 'hostKey', host: 'r07'})
    return undefined
  },
}

/** The claimant is lost when the first join has been staged, and is back when the run is gone on with. */
const lost: Ring = {
  ready: async ({lab}) => {
    let isLost = false
    lab.onCommand(({line}) => {
      if (isLost || !line.includes('cluster join')) return
      isLost = true
      void lab.fault({fault: 'unreachable', host: 'r01', riak: false})
    })
    return undefined
  },
  before: async (command, {lab}) => {
    if (command.startsWith('ringup runs resume')) await lab.fault({fault: 'reachable', host: 'r01'})
  },
}

const interrupted: Ring = {
  options: muchData,
  before: async (command, {lab}) => {
    if (command.startsWith('ringup runs resume')) lab.skip(days)
  },
}

/** The inventory says how far to grow, and there is a campaign file. */
const growing: Ring = {
  ready: async ({folder, run}) => {
    appendFileSync(join(folder, 'inventory.yaml'), 'growth: { until: 9, perDay: 1 }\n')
    await run('ringup grow plan --out campaign.json')
    return undefined
  },
}

const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))

export const rings: Readonly<Record<string, Ring>> = {
  ...Object.fromEntries(causeIds.map(id => [`${pages}/${id}.md`, stuck(id)])),
  [`${pages}/exit-3.md`]: smallDisk,
  [`${pages}/exit-5.md`]: locked,
  [`${pages}/exit-6.md`]: unreachable,
  [`${pages}/exit-7.md`]: lost,
  [`${pages}/exit-8.md`]: {options: {speed: 30}},
  [`${pages}/exit-9.md`]: stuck('limit-zero'),
  [`${pages}/exit-130-143.md`]: interrupted,
  'README.md': growing,
  [`${pages}/staged.md`]: staged,
  [`${pages}/hinted-only.md`]: hintedOnly,
  [`${pages}/restart-loop.md`]: restartLoop,
}
