import {setTimeout as sleep} from 'node:timers/promises'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {usedBytes} from '../../src/lab/model/disk.ts'
import type {Fault} from '../../src/lab/server/faults.ts'
import {type Lab, startLab} from '../../src/lab/server/start-lab.ts'
import type {HostFailure} from '../../src/ssh/failure.ts'
import {openPool} from '../../src/ssh/pool.ts'
import {type LabDoors, labDoors} from '../support/lab-doors.ts'

let lab: Lab
let doors: LabDoors

beforeEach(async () => {
  lab = await startLab({nodes: 3, spare: 1, ring: 16, speed: 200, seed: 9})
  doors = labDoors(lab)
})
afterEach(async () => {
  doors.close()
  await lab.stop()
})

const run = (host: string, line: string, options?: {timeout: number}) =>
  doors.pool.exec(doors.target(host), line.split(' '), options)
const out = async (host: string, line: string): Promise<string> => (await run(host, line)).stdout
const nodeOf = (host: string): string => lab.hosts.find(({name}) => name === host)!.node

/** How a fresh connection fails, or `undefined`. */
async function failure(host: string, options = {connectTimeout: 30_000}): Promise<string | undefined> {
  const fresh = openPool()
  try {
    await fresh.exec(doors.target(host, options), ['true'], {timeout: 30_000})
    return undefined
  } catch (error) {
    return (error as HostFailure).facts.class
  } finally {
    fresh.close()
  }
}

describe('a host', () => {
  it('that is unreachable refuses connections, and its peers lose it', async () => {
    await run('r03', 'true')
    await lab.fault({fault: 'unreachable', host: 'r03'})
    await expect(run('r03', 'true')).rejects.toThrow()
    expect(await failure('r03')).toBe('refused')
    await lab.fault({fault: 'reachable', host: 'r03'})
    expect(await failure('r03')).toBeUndefined()
  })

  it('that is silent lets nobody in, and one that was in hears nothing', async () => {
    await run('r03', 'true')
    await lab.fault({fault: 'unreachable', host: 'r03', how: 'silent'})
    expect(await failure('r03', {connectTimeout: 300})).toBe('connect-timeout')
    await expect(run('r03', 'true', {timeout: 200})).rejects.toMatchObject({
      facts: {class: 'command-timeout'},
    })
  })

  it('that is frozen hangs in the middle of a command and goes on later', async () => {
    await run('r02', 'true')
    await lab.fault({fault: 'slow', host: 'r02', ms: 100})
    const hanging = run('r02', 'hostname')
    await sleep(50)
    await lab.fault({fault: 'frozen', host: 'r02'})
    expect(await Promise.race([hanging, sleep(400)])).toBeUndefined()
    await lab.fault({fault: 'reachable', host: 'r02'})
    expect((await hanging).stdout).toBe('r02\n')
  })

  it('that is slow takes so much longer', async () => {
    await run('r01', 'true')
    await lab.fault({fault: 'slow', host: 'r01', ms: 3000})
    expect((await run('r01', 'true')).ms).toBeGreaterThanOrEqual(3000)
    await lab.fault({fault: 'slow', host: 'r01', ms: 0})
    expect((await run('r01', 'true')).ms).toBeLessThan(3000)
  })

  it('with another key is not trusted', async () => {
    await run('r01', 'true')
    await lab.fault({fault: 'hostKey', host: 'r01'})
    expect(await failure('r01')).toBe('host-key-changed')
  })

  it('may lose the answer of a command that took effect', async () => {
    await out('r04', 'sudo riak daemon')
    await lab.fault({fault: 'loseAnswer', host: 'r04', match: 'cluster join'})
    const line = `sudo riak admin cluster join ${nodeOf('r01')}`
    await expect(run('r04', line)).rejects.toMatchObject({facts: {class: 'lost'}})
    expect(lab.counters().joins).toBe(1)
    expect(lab.commands.at(-1)).toMatchObject({host: 'r04', line, kind: 'write', exit: undefined})
    // once only
    expect((await run('r04', line)).code).toBe(0)
    expect(lab.counters().joins).toBe(1)
  })

  it('may have its disk filled or exchanged', async () => {
    await lab.fault({fault: 'diskFull', host: 'r02', free: 5e6})
    expect(await out('r02', 'df -P -B1 /var/lib/riak')).toMatch(/ 5000000 +100% \/var\/lib\/riak\n$/)
    await lab.fault({fault: 'diskSize', host: 'r02', size: 1e12})
    expect(await out('r02', 'df -P -B1 /var/lib/riak')).toMatch(/^\/dev\/vdb +1000000000000 /m)
    expect(usedBytes(lab.node('r02'), lab.world().now)).toBeLessThan(1e12)
  })
})

describe('a node', () => {
  it('may be killed, stopped and started behind our back', async () => {
    await lab.fault({fault: 'kill', host: 'r02'})
    expect(await out('r02', 'sudo riak ping')).toContain('not responding to pings')
    expect(await out('r01', 'sudo riak admin ringready')).toContain(`FALSE ['${nodeOf('r02')}'] down.`)
    await lab.fault({fault: 'start', host: 'r02'})
    lab.skip(20_000)
    expect(await out('r02', 'sudo riak ping')).toBe('pong\n')
    await lab.fault({fault: 'stop', host: 'r03'})
    lab.skip(20_000)
    expect(lab.node('r03').state).toBe('stopped')
  })
})

describe('somebody else', () => {
  const plan = () => out('r01', 'sudo riak admin cluster plan')

  it('may stage a leave, a location, a join', async () => {
    await lab.fault({fault: 'start', host: 'r04'})
    lab.skip(20_000)
    await lab.fault({fault: 'stage', action: 'leave', host: 'r03'})
    await lab.fault({fault: 'stage', action: 'location', host: 'r02', location: 'cellar'})
    await lab.fault({fault: 'stage', action: 'join', host: 'r04'})
    lab.skip(5000)
    const text = await plan()
    expect(text).toContain(`leave          '${nodeOf('r03')}'`)
    expect(text).toContain(`cellar`)
    expect(text).toContain(`join           '${nodeOf('r04')}'`)
  })

  it('may change the plan between ours and the commit, commit it or clear it', async () => {
    await lab.fault({fault: 'stage', action: 'leave', host: 'r03'})
    await plan()
    await lab.fault({fault: 'stage', action: 'location', host: 'r02', location: 'cellar'})
    expect(await out('r01', 'sudo riak admin cluster commit')).toContain('The plan has changed')
    await lab.fault({fault: 'foreign', action: 'clear'})
    expect(await plan()).toContain('There are no staged changes')
    await lab.fault({fault: 'stage', action: 'leave', host: 'r03'})
    await lab.fault({fault: 'foreign', action: 'plan'})
    await lab.fault({fault: 'foreign', action: 'commit'})
    expect(lab.counters()).toMatchObject({commits: 1, clears: 1, stagings: 3})
    lab.skip(5000)
    expect(await out('r01', 'sudo riak admin member-status')).toContain('Leaving:1')
  })

  it('may be the claimant from now on', async () => {
    await lab.fault({fault: 'stage', action: 'leave', host: 'r03'})
    await plan()
    await lab.fault({fault: 'claimant', host: 'r02'})
    lab.skip(5000)
    expect(await out('r01', 'sudo riak admin cluster commit')).toContain('You must verify the plan')
    expect(await out('r01', 'sudo riak admin ring-status')).toContain(`Claimant:  '${nodeOf('r02')}'`)
  })

  it('is told what does not exist', async () => {
    const nowhere: Fault = {fault: 'kill', host: 'r99'}
    await expect(lab.fault(nowhere)).rejects.toThrow('r99')
  })
})

describe("Riak's plan", () => {
  it('may differ from the exact one, and is then carried out as told', async () => {
    await lab.fault({fault: 'start', host: 'r04'})
    lab.skip(20_000)
    await lab.fault({fault: 'stage', action: 'join', host: 'r04'})
    lab.skip(5000)
    const exact = await out('r01', 'sudo riak admin cluster plan')
    await lab.fault({fault: 'otherPlan', on: true})
    const other = await out('r01', 'sudo riak admin cluster plan')
    expect(other).toContain('Transfers resulting from cluster changes')
    expect(other).not.toBe(exact)
    expect(await out('r01', 'sudo riak admin cluster commit')).toBe('Cluster changes committed\nok\n')
  })
})
