/** One of each exit code, of the built program as a process: what a shell, cron and a CI job see. */
import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {acquireLock} from '../../src/execute/lock.ts'
import {type Lab, startLab} from '../../src/lab/server/start-lab.ts'
import {labDoors} from '../support/lab-doors.ts'
import {type Home, type Ran, ringupHome} from '../support/ringup.ts'

let home: Home
let lab: Lab
beforeAll(async () => {
  home = ringupHome()
  lab = await startLab({nodes: 4, spare: 3, ring: 16, speed: 300, seed: 5})
})
afterAll(async () => {
  await lab.stop()
  home.remove()
})

const env = () => ({RINGUP_INVENTORY: lab.inventoryFile, RINGUP_STATE_DIR: join(home.path, 'state')})
const spawned = (line: string): Promise<Ran> => home.spawn(line.split(' '), {env: env()})
const here = (line: string): Promise<Ran> => home.run(line.split(' '), {env: env()})

describe('the exit code of a process', () => {
  it.each([
    ['--version', 0],
    ['status', 0],
    ['plan --add r05 --detailed-exitcode', 2],
    ['plan --leave r02,r03', 3],
    ['watch --until settled --interval 1s --timeout 1ms', 8],
    ['status --no-such-flag', 64],
    ['no such command', 64],
    ['add r05', 64],
  ])('%s: %d, as in this process', async (line, code) => {
    const [process, own] = [await spawned(line), await here(line)]

    expect(process.code, process.stderr).toBe(code)
    expect(own.code, own.stderr).toBe(code)
  })

  it('1: a bug', async () => {
    const thrower = join(home.path, 'thrower.mjs')
    writeFileSync(
      thrower,
      `const timer = setInterval(() => {
  if (process.listenerCount('uncaughtException') === 0 && performance.now() < 5000) return
  clearInterval(timer)
  throw new Error('a bug')
}, 1)
`,
    )
    const {code, stderr} = await home.spawn(['status'], {
      env: {...env(), NODE_OPTIONS: `--import=${thrower}`},
    })

    expect(code).toBe(1)
    expect(stderr).toContain('a bug')
  })

  it('4: the ring has changed since the plan', async () => {
    const file = join(home.path, 'grow.json')
    expect(await here(`plan --add r06 --out ${file}`)).toMatchObject({code: 0})
    expect(await here('add r05 --yes --interval 100ms')).toMatchObject({code: 0})

    expect(await spawned(`apply ${file} --yes`)).toMatchObject({code: 4})
  })

  it('5: another run holds the lock', async () => {
    const {door, close} = labDoors(lab)
    const lock = await acquireLock({
      doors: [door('r01')],
      record: {
        run: 'one',
        holder: 'me',
        host: 'here',
        pid: 1,
        reason: 'test',
        startedAt: Date.now(),
        cluster: 'practice',
      },
      isGone: () => false,
      clock: {now: Date.now, sleep: async () => {}},
      onTaken: () => {},
    })
    try {
      expect(await spawned('add r06 --yes')).toMatchObject({code: 5})
    } finally {
      await lock.release()
      close()
    }
  })

  it('6: a host is not reached; 7: not all members have answered; 9: nothing goes on', async () => {
    await lab.fault({fault: 'unreachable', host: 'r07'})
    expect(await spawned('exec r07 -- true')).toMatchObject({code: 6})
    await lab.fault({fault: 'reachable', host: 'r07'})
    await lab.fault({fault: 'kill', host: 'r04'})
    expect(await spawned('throttle set --node-limit 4 --yes')).toMatchObject({code: 7})
    await lab.fault({fault: 'start', host: 'r04'})
    lab.skip(60_000)
    await lab.fault({fault: 'stage', action: 'leave', host: 'r03'})
    expect(await spawned('diagnose --for 1s --interval 250ms')).toMatchObject({code: 9})
    await lab.fault({fault: 'foreign', action: 'clear'})
  })

  it('10: an answer of Riak is not understood', async () => {
    await lab.fault({fault: 'otherWords', host: 'r02', match: 'transfer-limit', words: 'moo\n', act: false})

    expect(await spawned('throttle set r02 --node-limit 6 --yes')).toMatchObject({code: 10})
  })

  it('130 and 143: a signal, while it waits for what never ends', async () => {
    /** Once a host has been asked for the lock: whoever asks listens to signals. */
    const locking = (): Promise<void> =>
      new Promise(resolve => lab.onCommand(({argv}) => argv.includes('acquire') && resolve()))
    await lab.fault({fault: 'receiverTimeout', host: 'r06', on: true})
    expect(await here('add r06 --yes --no-wait')).toMatchObject({code: 0})
    const resume = ['runs', 'resume', '--yes', '--interval', '100ms']

    for (const [signal, code] of [
      ['SIGINT', 130],
      ['SIGTERM', 143],
    ] as const)
      expect(await home.spawn(resume, {env: env(), kill: {signal, after: locking()}})).toMatchObject({code})
    const controller = new AbortController()
    void locking().then(() => controller.abort())
    expect(await home.run(resume, {env: env(), signal: controller.signal})).toMatchObject({code: 130})
  })
})
