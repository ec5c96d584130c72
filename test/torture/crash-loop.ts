/**
 * `while ! ringup runs resume; do :; done`, with kill -9 at random times, on one machine or each round on another: it must
 * end, with the ring as planned.
 */
import {chmodSync, mkdirSync} from 'node:fs'
import {join} from 'node:path'
import {startLab} from '../../src/lab/server/start-lab.ts'
import type {Plan} from '../../src/plan/plan.ts'
import {randomFrom} from '../support/random.ts'
import {added, limitsOf, wordsFor, wrongIn} from './cell.ts'
import {colleague, elsewhere, here, type Known, letTimePass} from './machines.ts'
import {inFolder} from './workplace.ts'

export type Loop = {
  readonly seed: number
  readonly rounds: number
  readonly kills: number
  readonly wrong: readonly string[]
}

/** More than this and it does not end. */
const most = 60

/** @param isElsewhere each round is on another machine, by two logins in turn */
export const runCrashLoop = (seed: number, isElsewhere = false): Promise<Loop> =>
  inFolder('loop', folder => crashLoop(seed, folder, isElsewhere))

async function crashLoop(seed: number, folder: string, isElsewhere: boolean): Promise<Loop> {
  const random = randomFrom(seed)
  chmodSync(folder, 0o711)
  const lab = await startLab({
    dir: join(folder, 'lab'),
    nodes: 3,
    spare: 2,
    ring: 16,
    speed: 200,
    seed,
    bytes: 6e9,
    ...(isElsewhere ? {colleagues: [colleague]} : {}),
  })
  const home = join(folder, 'home')
  mkdirSync(home, {mode: 0o700})
  const next = isElsewhere ? elsewhere(lab, folder) : here(lab, home)
  try {
    const before = limitsOf(lab)
    const started = Date.now()
    const plan = JSON.parse((await next.run(['plan', '--add', added.join(), '--json'])).stdout) as Plan
    // on a busy machine nothing comes further than its start in the time of a quiet one
    const slow = Math.max(1, (Date.now() - started) / 1000)
    let [rounds, kills] = [0, 0]
    let code: number | null = null
    let known: Known = 'nothing'
    // killed between its last word and giving the lock back: its claim expires by itself
    let expires = isElsewhere
    while (code !== 0 && rounds < most) {
      rounds += 1
      // ever later: however busy this machine becomes, a round must at some time come further than its start
      const after = (250 + random.below(1200)) * 1.06 ** rounds * slow
      const result = await next.run(wordsFor(known), child => {
        const timer = setTimeout(() => child.kill('SIGKILL'), after)
        child.on('close', () => clearTimeout(timer))
      })
      code = result.code
      if (code === null) {
        kills += 1
        if (isElsewhere) letTimePass(lab)
      }
      if (code !== 0) known = await next.knows()
      if (known === 'done') {
        if (code === null && !isElsewhere) letTimePass(lab)
        expires = true
        code = 0
      }
    }
    const wrong = [...wrongIn({lab, plan, before, code, isElsewhere: expires}), ...(await next.wrongTold())]
    return {seed, rounds, kills, wrong: kills > 0 ? wrong : ['it was never killed', ...wrong]}
  } finally {
    await lab.stop()
  }
}
