/** The whole path on real nodes: three with data, two more planned, applied, watched to the end, every object there. */
import {readFileSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {finalOwners, type Plan} from '../../src/plan/plan.ts'
import {askSnapshot} from '../../src/riak/ring/ask-snapshot.ts'
import {type Home, ringupHome} from '../support/ringup.ts'
import {type RealCluster, startRealCluster} from './cluster.ts'
import {describeRiak} from './describe-riak.ts'
import {type Doors, openDoors} from './doors.ts'

describeRiak('growing real Riak', () => {
  describe.each([16, 64])('at ring %d', ring => {
    let cluster: RealCluster
    let doors: Doors
    let home: Home
    const ringup = (...args: string[]) =>
      home.spawn(args, {env: {RINGUP_INVENTORY: cluster.inventory}, timeout: 280_000})
    /** what the members say of themselves, before and after what must not change it */
    const state = async () => [
      await askSnapshot(doors.door(1), () => 0),
      (await cluster.inside(1, ['riak', 'admin', 'member-status'])).stdout,
      cluster.hosts.map((_, at) => cluster.running(at + 1)),
    ]

    beforeAll(async () => {
      home = ringupHome()
      cluster = await startRealCluster({nodes: 3, spare: 2, ring})
      doors = openDoors(cluster.inventory)
      await cluster.join(3)
      await cluster.load(300, 2000)
    })
    afterAll(async () => {
      doors?.close()
      await cluster?.down()
      home?.remove()
    })

    test('status tells of a healthy ring of three', async () => {
      const {code, stdout} = await ringup('status', '--json')

      expect(code).toBe(0)
      expect(JSON.parse(stdout)).toMatchObject({
        schema: 'ringup/status/1',
        healthy: true,
        converging: false,
        problems: [],
        ring: {partitions: ring, pending: 0},
      })
      expect((await ringup('status')).stdout).toContain(`3 members, ring of ${ring}`)
    })

    /** All that a plan says but of the disks, on which others write meanwhile; the digest covers them too. */
    const ofRing = (text: string): Partial<Plan> => {
      const {digest: _, forecast: __, risks: ___, ...plan} = JSON.parse(text) as Plan
      return plan
    }

    test('plan, status and watch --once touch nothing', async () => {
      const before = await state()

      const [one, two] = [
        await ringup('plan', '--add', 'r4,r5', '--json'),
        await ringup('plan', '--add', 'r4,r5', '--json'),
      ]
      await ringup('watch', '--once')

      expect(one.code).toBe(0)
      expect(ofRing(two.stdout)).toEqual(ofRing(one.stdout))
      expect(await state()).toEqual(before)
    })

    test('apply carries out the plan, to the partition', async () => {
      const file = join(home.path, 'grow.json')
      await ringup('plan', '--add', 'r4,r5', '--out', file)
      const plan = JSON.parse(readFileSync(file, 'utf8')) as Plan
      expect(plan.fidelity).toBe('exact')

      const applied = await ringup('apply', file, '--yes', '--expect', plan.digest, '--interval', '1s')

      expect(applied.stderr).toContain('every partition has the owner that was planned')
      expect(applied.code).toBe(0)
      expect((await askSnapshot(doors.door(2), Date.now)).ring.owners).toEqual(finalOwners(plan))
    })

    test('every object is still readable', async () => {
      expect(await cluster.verifyAll()).toEqual({checked: 300, bad: []})
    })

    test('adding the same hosts again says that they are members, and does nothing', async () => {
      const before = await state()

      const again = await ringup('add', 'r4', 'r5', '--yes')

      expect(again).toMatchObject({code: 0, stdout: 'nothing to do\n'})
      expect(again.stderr).toContain('r4 is a member already')
      expect(await state()).toEqual(before)
    })

    test('applying the same plan again finds it done, and does nothing', async () => {
      const before = await state()

      const again = await ringup('apply', join(home.path, 'grow.json'), '--yes')

      expect(again.code).toBe(0)
      expect(again.stdout).toContain('every partition has the owner that was planned')
      expect(again.stderr).not.toContain('sudo riak')
      expect(await state()).toEqual(before)
      rmSync(join(home.path, 'grow.json'))
    })
  })
})
