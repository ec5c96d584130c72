/** What is asked of a member that is down, or of a host that is none: never "nothing to do" where it is not so. */
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {markDown} from '../../src/lab/model/membership.ts'
import {eachTestItsOwn, home, lab, startRing, writes} from '../support/each-test.ts'

eachTestItsOwn()

const ringup = (...args: string[]) =>
  home.run(args, {env: {RINGUP_INVENTORY: lab.inventoryFile, RINGUP_STATE_DIR: join(home.path, 'state')}})
const start = () => startRing({nodes: 4, spare: 1, ring: 16, speed: 200, seed: 3})
const node = (host: string): string => lab.hosts.find(({name}) => name === host)!.node

describe('a member that is down', () => {
  it('is named where it is to leave, to be replaced or to join, on the cluster and on a file (exit 3)', async () => {
    await start()
    await lab.fault({fault: 'kill', host: 'r03'})
    // an operator has marked it
    expect(markDown(lab.world(), lab.node('r01'), node('r03'))).toBe('down')
    await expect
      .poll(() => lab.node('r02').view.ring.members.find(member => member.node === node('r03'))?.status)
      .toBe('down')
    const file = join(home.path, 'ring.json')
    expect(await ringup('snapshot', '--out', file)).toMatchObject({code: 0})
    const sent = writes()

    for (const words of ['leave r03 --yes', 'plan --leave r03', 'add r03 --yes']) {
      const {code, stdout, stderr} = await ringup(...words.split(' '))
      expect({words, code}).toEqual({words, code: 3})
      expect(stderr).toMatch(/r03 is a member that is down \(riak@\S+ 4 of 16\s+partitions\)/)
      expect(stderr).toMatch(/ringup\s+exec\s+r03\s+--\s+sudo\s+riak\s+ping/)
      expect(stdout).not.toMatch(/nothing to do|no changes/)
    }
    expect(await ringup('plan', '--from-snapshot', file, '--replace=r03=r05', '--json')).toMatchObject({
      code: 3,
      stdout: expect.stringContaining('r03 is a member that is down'),
    })
    expect(writes()).toEqual(sent)
  })

  it('is named by throttle show and set, in JSON too, and set for all is partly done (exit 7)', async () => {
    await start()
    await lab.fault({fault: 'kill', host: 'r03'})
    const silent = [node('r03')]

    const shown = await ringup('throttle', 'show')
    expect(shown).toMatchObject({code: 0, stdout: expect.stringContaining(`${silent[0]}: no answer`)})
    expect(JSON.parse((await ringup('throttle', 'show', '--json')).stdout)).toMatchObject({silent})

    const all = await ringup('throttle', 'set', '--node-limit', '4', '--yes', '--json')
    expect(all.code).toBe(7)
    expect(JSON.parse(all.stdout)).toMatchObject({
      error: {kind: 'partlyDone', facts: {silent, report: {silent, limits: expect.any(Array)}}},
    })
    expect(['r01', 'r02', 'r04'].map(host => lab.node(host).transferLimit)).toEqual([4, 4, 4])
    // once more there is nothing to change, and it is still not on all
    expect(await ringup('throttle', 'set', '--node-limit', '4', '--yes')).toMatchObject({
      code: 7,
      stderr: expect.stringMatching(/limits are as asked on 3 of 4 members/),
    })

    const sent = writes()
    expect(await ringup('throttle', 'set', 'r02', 'r03', '--node-limit', '5', '--yes')).toMatchObject({
      code: 6,
      stderr: expect.stringMatching(/r03 \(riak@\S+\) did not tell its limits, so nothing was set/),
    })
    expect(await ringup('throttle', 'set', 'r05', '--node-limit', '5', '--yes')).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('r05 is not a member'),
    })
    expect(writes()).toEqual(sent)

    // those that answer are restored; nothing had been changed on the one that does not
    const restored = await ringup('throttle', 'restore', '--yes', '--json')
    expect(restored).toMatchObject({code: 0})
    expect(JSON.parse(restored.stdout)).toMatchObject({silent, originals: null})
    expect(['r01', 'r02', 'r04'].map(host => lab.node(host).transferLimit)).toEqual([2, 2, 2])
  })

  it('keeps the record of throttle restore until it tells its limits', async () => {
    await start()
    expect(await ringup('throttle', 'set', '--node-limit', '4', '--yes')).toMatchObject({code: 0})
    await lab.fault({fault: 'kill', host: 'r03'})

    expect(await ringup('throttle', 'restore', '--yes')).toMatchObject({
      code: 7,
      stderr: expect.stringContaining(node('r03')),
    })
    expect((await ringup('status')).stderr).toContain('ringup throttle restore')
    await lab.fault({fault: 'start', host: 'r03'})
    await expect
      .poll(async () => (await ringup('throttle', 'restore', '--yes')).code, {timeout: 20_000})
      .toBe(0)
    expect((await ringup('status')).stderr).toBe('')
  })
})

describe('limits whose answer is not understood', () => {
  it('are read again: exit 0 where they are set, exit 10 with the evidence where they are not', async () => {
    await start()
    await lab.fault({fault: 'otherWords', host: 'r02', match: 'transfer-limit'})
    expect(await ringup('throttle', 'set', 'r02', '--node-limit', '4', '--yes')).toMatchObject({code: 0})

    await lab.fault({fault: 'otherWords', host: 'r02', match: 'transfer-limit', words: 'moo\n', act: false})
    const {code, stderr} = await ringup('throttle', 'set', 'r01', 'r02', '--node-limit', '6', '--yes')
    expect(code).toBe(10)
    expect(stderr.replace(/\s+/g, ' ')).toContain(
      `not changed, as the ring shows now: ${node('r02')}: transfer limit 4 -> 6 (sent to r02: sudo riak admin transfer-limit ${node('r02')} 6; answered: moo)`,
    )
    expect(stderr).not.toContain(`${node('r01')}: transfer limit 2 -> 6 (sent`)
    expect(lab.node('r01').transferLimit).toBe(6)
  })
})

describe('a release that prints no return term', () => {
  it('grows all the same until a plan is wanted, says what is staged, and abandon drops it', async () => {
    await start()
    for (const host of ['r01', 'r05'])
      await lab.fault({fault: 'otherWords', host, match: 'admin cluster', times: 99})

    const grown = await ringup('add', 'r05', '--yes', '--interval', '100ms')
    expect(grown.code).toBe(10)
    expect(grown.stderr).not.toContain('nothing was done')
    expect(grown.stderr.replace(/\s+/g, ' ')).toContain(`not committed; staged: join ${node('r05')}`)

    const dropped = await ringup('abandon', '--yes')
    expect(dropped).toMatchObject({code: 0})
    expect(dropped.stderr).not.toContain('STILL STAGED')
    expect(lab.node('r05').state).toBe('running')
  })
})
