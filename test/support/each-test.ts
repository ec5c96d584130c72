/** A home for each test of a file, and a practice ring where the test starts one: both are gone after it. */
import {afterEach, beforeEach} from 'vitest'
import {type Lab, type LabOptions, startLab} from '../../src/lab/server/start-lab.ts'
import {type Home, ringupHome} from './ringup.ts'

/** Those of the test that runs. */
export let home: Home
export let lab: Lab
let running: Lab | undefined

/** To be said once in a file, outside of its tests. */
export function eachTestItsOwn(): void {
  beforeEach(() => {
    home = ringupHome()
  })
  afterEach(async () => {
    await running?.stop()
    running = undefined
    home.remove()
  })
}

export async function startRing(options: LabOptions): Promise<void> {
  lab = await startLab(options)
  running = lab
}

/** What was sent to the hosts to change something, in its order: `r01 riak admin cluster plan`. */
export const writes = (): string[] =>
  lab.commands
    .filter(({kind}) => kind === 'write')
    .map(({host, argv}) => `${host} ${argv.slice(1).join(' ')}`)
