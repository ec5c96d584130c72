/** `while ! ringup runs resume; do :; done`, with kill -9 at random times: it must end, with the ring as planned. */
import {join} from 'node:path'
import {startLab} from '../../src/lab/server/start-lab.ts'
import type {Plan} from '../../src/plan/plan.ts'
import {randomFrom} from '../support/random.ts'
import {added, finished, limitsOf, started, wrongIn} from './cell.ts'
import {ringup} from './ringup.ts'
import {inFolder} from './workplace.ts'

export type Loop = {
  readonly seed: number
  readonly rounds: number
  readonly kills: number
  readonly wrong: readonly string[]
}

/** More than this and it does not end. */
const most = 60

export const runCrashLoop = (seed: number): Promise<Loop> => inFolder('loop', home => crashLoop(seed, home))

async function crashLoop(seed: number, home: string): Promise<Loop> {
  const random = randomFrom(seed)
  const lab = await startLab({
    dir: join(home, 'lab'),
    nodes: 3,
    spare: 2,
    ring: 16,
    speed: 200,
    seed,
    bytes: 6e9,
  })
  try {
    const before = limitsOf(lab)
    const run = ringup(lab, home)
    const plan = JSON.parse((await run(['plan', '--add', added.join(), '--json'])).stdout) as Plan
    let [rounds, kills] = [0, 0]
    let code: number | null = null
    while (code !== 0 && rounds < most) {
      rounds += 1
      const args = started(home) ? ['runs', 'resume'] : ['add', ...added]
      // later and later: on a busy machine a round must at some time come further than its start
      const after = (250 + random.below(1200)) * (1 + rounds / 10)
      const result = await run([...args, '--yes', '--interval', '100ms'], child => {
        const timer = setTimeout(() => child.kill('SIGKILL'), after)
        child.on('close', () => clearTimeout(timer))
      })
      code = result.code
      if (code === null) kills += 1
      if (finished(home)) code = 0
    }
    const wrong = wrongIn(lab, plan, before, code)
    return {seed, rounds, kills, wrong: kills > 0 ? wrong : ['it was never killed', ...wrong]}
  } finally {
    await lab.stop()
  }
}
