/**
 * Two people with logins and machines of their own grow real nodes from 3 to 6 in turn, while data is being written: at
 * each of three steps the machine of one is killed, and the other goes on from an empty disk with what hosts remember.
 */
import {existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {finalOwners, type Plan} from '../../src/plan/plan.ts'
import {askSnapshot} from '../../src/riak/ring/ask-snapshot.ts'
import {type Ended, ringup} from '../torture/ringup.ts'
import {type RealCluster, startRealCluster} from './cluster.ts'
import {describeRiak} from './describe-riak.ts'
import {type Doors, openDoors} from './doors.ts'
import {colleague, login} from './host-files.ts'
import {openWriter, type Writer} from './writer.ts'

const steps = [
  {name: 'as the join was answered', at: 'write-answered join', when: 'before'},
  {name: 'before the commit is sent', at: 'write-sent commit sudo riak admin cluster commit', when: 'after'},
  {name: 'in the middle of handoff', at: 'progress', when: 'after'},
] as const

describeRiak('two people in turn', () => {
  let cluster: RealCluster
  let doors: Doors
  let writer: Writer
  let home: string
  let inventories: readonly string[]

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'ringup-team-'))
    cluster = await startRealCluster({nodes: 3, spare: steps.length, ring: 32})
    doors = openDoors(cluster.inventory)
    await cluster.join(3)
    await cluster.load(600, 20_000)
    writer = openWriter(cluster)
    const theirs = join(home, 'inventory.yaml')
    writeFileSync(
      theirs,
      readFileSync(cluster.inventory, 'utf8').replace(`user: ${login}`, `user: ${colleague}`),
    )
    inventories = [cluster.inventory, theirs]
  })
  afterAll(async () => {
    writer?.stop()
    doors?.close()
    await cluster?.down()
    rmSync(home, {recursive: true, force: true})
  })

  test.each(steps.map((step, at) => ({...step, at, point: step.at})))(
    'one is killed $name, and the other goes on',
    {timeout: 600_000},
    async ({at, point, when}) => {
      const host = `r${4 + at}`
      const machine = (who: number, torture?: string) => {
        const folder = mkdtempSync(join(home, 'machine-'))
        return ringup({inventoryFile: inventories[who % 2]!}, folder, {
          elsewhere: true,
          ...(torture === undefined ? {} : {torture}),
        })
      }
      const planned = await machine(at)(['plan', '--add', host, '--json'])
      const plan = JSON.parse(planned.stdout) as Plan
      await cluster.slow(4 + at, 8)

      const meeting = mkdtempSync(join(home, 'meet-'))
      let over: Ended | undefined
      let child: {kill: (signal: 'SIGKILL') => unknown} | undefined
      const dying = machine(at, `${encodeURIComponent(point)} ${when} ${meeting}`)(
        ['add', host, '--yes', '--interval', '500ms'],
        started => {
          child = started
        },
      ).then(ended => {
        over = ended
      })
      while (!over && !existsSync(join(meeting, 'reached'))) await pause(10)
      expect(over, 'how it ended, and the point was not met').toBe(undefined)
      child?.kill('SIGKILL')
      writeFileSync(join(meeting, 'go'), '')
      await dying

      const list = await machine(at + 1)(['runs', 'list'])
      expect(list.stdout, list.stderr).toContain('unfinished')
      const codes: (number | null)[] = []
      // its lock expires two minutes after its last sign of life
      for (let tries = 0; tries < 20 && codes.at(-1) !== 0; tries += 1) {
        if (tries > 0) await pause(10_000)
        codes.push((await machine(at + 1)(['runs', 'resume', '--yes', '--interval', '500ms'])).code)
      }

      const {ring, staged} = await askSnapshot(doors.door(2), Date.now)
      const third = JSON.parse((await machine(at)(['runs', 'list', '--json'])).stdout)
      console.error(
        `${point}: killed, then exit ${codes.join(', then ')}; ${writer.acknowledged()} writes acknowledged`,
      )
      expect(codes.at(-1)).toBe(0)
      expect(new Set(codes.slice(0, -1))).toEqual(codes.length > 1 ? new Set([5]) : new Set())
      expect(third.runs).toHaveLength(at + 1)
      expect(third.runs[0]).toMatchObject({outcome: 'done', sure: true, journal: null})
      expect(ring.owners).toEqual(finalOwners(plan))
      expect(ring.pending).toEqual([])
      expect(staged === 'unknown' ? [] : staged).toEqual([])
      expect(await writer.lost()).toEqual([])
    },
  )
})

const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))
