/**
 * The nastiest cells of the kill matrix on real nodes, with data being written the whole time: after the fault, resume
 * as often as needed; then the ring is the planned one, it was committed once, nothing is staged, no lock is left, and
 * every write that was acknowledged is there.
 */
import {existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import type {JournalEvent} from '../../src/journal/events.ts'
import {finalOwners, type Plan} from '../../src/plan/plan.ts'
import {askSnapshot} from '../../src/riak/ring/ask-snapshot.ts'
import {type Ended, ringup} from '../torture/ringup.ts'
import {type RealCluster, startRealCluster} from './cluster.ts'
import {describeRiak} from './describe-riak.ts'
import {type Doors, openDoors} from './doors.ts'
import {openWriter, type Writer} from './writer.ts'

type Cell = {
  readonly name: string
  /** the line of the journal, as `stop-at.mjs` takes it */
  readonly at: string
  readonly when: 'before' | 'after' | 'torn'
  /** while the run is halted; true: it is killed */
  readonly fault: (cluster: RealCluster, joining: number) => Promise<boolean> | boolean
  /** once the run was let go on: what must be undone, after so many ms or when the run has ended */
  readonly heal?: {
    readonly after: number | 'end'
    readonly act: (cluster: RealCluster, joining: number) => Promise<unknown> | unknown
  }
  /** something for the moment after the run was let go on, ms later */
  readonly later?: {
    readonly after: number
    readonly act: (cluster: RealCluster, joining: number) => Promise<unknown> | unknown
  }
  readonly diskFull?: true
  /** the answer of the commit must not have reached the run */
  readonly losesAnswer?: true
}

const kill = (): boolean => true
const commitSent = 'write-sent commit sudo riak admin cluster commit'
const answered = 'write-answered commit'

const cells: readonly Cell[] = [
  {name: 'killed before the commit is sent', at: commitSent, when: 'after', fault: kill},
  {
    name: 'killed in the middle of the line that announces the commit',
    at: commitSent,
    when: 'torn',
    fault: kill,
  },
  {name: 'killed before the line that announces the commit', at: commitSent, when: 'before', fault: kill},
  {name: 'killed as the plan was answered', at: answered, when: 'before', fault: kill},
  {name: 'killed once the commit is done', at: 'step-done commit', when: 'before', fault: kill},
  {name: 'killed in the middle of handoff', at: 'progress', when: 'after', fault: kill},
  {name: 'killed as the join is announced', at: 'write-sent join', when: 'after', fault: kill},
  {name: 'killed as the join was answered', at: 'write-answered join', when: 'before', fault: kill},
  {name: 'killed as the node is started', at: 'write-answered start', when: 'before', fault: kill},
  {
    name: 'disk full before the commit is announced',
    at: commitSent,
    when: 'before',
    fault: () => false,
    diskFull: true,
  },
  {
    name: 'disk full in the middle of handoff',
    at: 'progress',
    when: 'after',
    fault: () => false,
    diskFull: true,
  },
  {
    name: 'wire of the claimant cut before the commit is sent',
    at: commitSent,
    when: 'after',
    fault: cluster => cluster.cut(1).then(() => false),
    heal: {after: 8000, act: cluster => cluster.heal(1)},
  },
  {
    name: 'answer of the commit lost after it took effect',
    at: commitSent,
    when: 'after',
    // riak's answer is held back on the host, so that the session can be ended once the commit is done
    fault: cluster => holdAnswer(cluster, 1).then(() => false),
    later: {after: 0, act: cluster => untilCommitted(cluster, 1).then(() => endSession(cluster, 1))},
    heal: {after: 0, act: cluster => letAnswer(cluster, 1)},
    losesAnswer: true,
  },
  {
    name: 'member killed between plan and commit',
    at: commitSent,
    when: 'before',
    fault: cluster => cluster.kill(2).then(() => false),
    heal: {after: 'end', act: cluster => cluster.start(2)},
  },
  {
    name: 'member killed before the plan',
    at: 'step-started commit',
    when: 'before',
    fault: cluster => cluster.kill(3).then(() => false),
    heal: {after: 'end', act: cluster => cluster.start(3)},
  },
  {
    name: 'claimant stopped while the join is staged',
    at: 'step-done join',
    when: 'after',
    fault: cluster => cluster.stop(1).then(() => false),
    heal: {after: 'end', act: cluster => cluster.start(1)},
  },
  {
    name: 'claimant killed right after the commit',
    at: 'step-done commit',
    when: 'after',
    fault: cluster => cluster.kill(1).then(() => false),
    heal: {after: 6000, act: cluster => cluster.start(1)},
  },
  {
    name: 'wire of the new node cut in the middle of handoff',
    at: 'progress',
    when: 'after',
    fault: (cluster, joining) => cluster.cut(joining).then(() => false),
    heal: {after: 6000, act: (cluster, joining) => cluster.heal(joining)},
  },
  {
    name: 'joining node killed once its join is staged',
    at: 'step-done join',
    when: 'after',
    fault: (cluster, joining) => cluster.kill(joining).then(() => false),
    heal: {after: 'end', act: (cluster, joining) => cluster.start(joining)},
  },
  {
    name: 'joining node killed in the middle of handoff',
    at: 'progress',
    when: 'after',
    fault: (cluster, joining) => cluster.kill(joining).then(() => false),
    heal: {after: 6000, act: (cluster, joining) => cluster.start(joining)},
  },
  {
    name: 'claimant frozen as the commit is sent',
    at: commitSent,
    when: 'after',
    fault: cluster => {
      cluster.freeze(1)
      return false
    },
    heal: {after: 5000, act: cluster => cluster.thaw(1)},
  },
]

/** Cells that share a cluster, each with a spare host of its own. */
const perCluster = 6
const groups = Array.from({length: Math.ceil(cells.length / perCluster)}, (_, at) =>
  cells.slice(at * perCluster, (at + 1) * perCluster),
)

describeRiak('a run that is tortured on real nodes', () => {
  describe.each(groups.map((group, at) => [at + 1, group] as const))('cluster %i', (_, group) => {
    let cluster: RealCluster
    let doors: Doors
    let writer: Writer
    let home: string

    beforeAll(async () => {
      home = mkdtempSync(join(tmpdir(), 'ringup-torture-'))
      cluster = await startRealCluster({nodes: 3, spare: group.length, ring: 32})
      await Promise.all(cluster.hosts.map((_, at) => logCommits(cluster, at + 1)))
      doors = openDoors(cluster.inventory)
      await cluster.join(3)
      // so much, over wires so slow, that handoff is still going on when something happens in the middle of it
      await cluster.load(600, 20_000)
      writer = openWriter(cluster)
    })
    afterAll(async () => {
      writer?.stop()
      doors?.close()
      await cluster?.down()
      rmSync(home, {recursive: true, force: true})
    })

    test.each(group.map((cell, at) => [cell.name, {...cell, joining: 4 + at}] as const))(
      '%s',
      {timeout: 400_000},
      async (_, cell) => {
        const {joining, heal} = cell
        const folder = mkdtempSync(join(home, 'cell-'))
        const run = (args: readonly string[], torture?: string) =>
          ringup({inventoryFile: cluster.inventory}, folder, {torture})([
            ...args,
            '--yes',
            '--interval',
            '500ms',
          ])
        const planned = await ringup(
          {inventoryFile: cluster.inventory},
          folder,
        )(['plan', '--add', `r${joining}`, '--json'])
        const plan = JSON.parse(planned.stdout) as Plan

        await cluster.slow(joining, 8)
        const before = await commitsDone(cluster)
        const codes: (number | null)[] = [(await tortured(cell, folder)).code]
        if (cell.losesAnswer) expect(answersOfCommit(folder), 'the answer is lost').toBe(0)
        if (heal?.after === 'end') await heal.act(cluster, joining)
        for (let tries = 0; tries < 8 && codes.at(-1) !== 0; tries += 1)
          codes.push(
            (await run(existsSync(join(folder, 'runs')) ? ['runs', 'resume'] : ['add', `r${joining}`])).code,
          )

        const {ring, staged} = await askSnapshot(doors.door(2), Date.now)
        console.error(
          `${cell.name}: exit ${codes.join(', then ')}; ${writer.acknowledged()} writes acknowledged, ${writer.reads()} reads`,
        )
        expect(codes.at(-1)).toBe(0)
        expect(ring.owners).toEqual(finalOwners(plan))
        expect(ring.pending).toEqual([])
        expect(staged === 'unknown' ? [] : staged).toEqual([])
        expect((await commitsDone(cluster)) - before).toBe(1)
        expect(await locksLeft(joining)).toEqual([])
        expect(await writer.lost()).toEqual([])
      },
    )

    async function tortured(cell: Cell & {readonly joining: number}, folder: string): Promise<Ended> {
      const {joining, fault, heal, later, diskFull} = cell
      const meeting = mkdtempSync(join(folder, 'meet-'))
      const torture = `${encodeURIComponent(cell.at)} ${cell.when} ${meeting}`
      let child: {kill: (signal: 'SIGKILL') => unknown} | undefined
      let over = false
      const running = ringup({inventoryFile: cluster.inventory}, folder, {torture})(
        ['add', `r${joining}`, '--yes', '--interval', '500ms'],
        started => {
          child = started
        },
      ).finally(() => {
        over = true
      })
      while (!over && !existsSync(join(meeting, 'reached'))) await pause(10)
      expect(over, 'the point was met').toBe(false)
      if (cell.at === 'progress')
        expect(
          (await askSnapshot(doors.door(2), Date.now)).ring.pending.length,
          'handoff goes on',
        ).toBeGreaterThan(0)
      if (await fault(cluster, joining)) child?.kill('SIGKILL')
      if (diskFull) writeFileSync(join(meeting, 'full'), '')
      writeFileSync(join(meeting, 'go'), '')
      if (later) await pause(later.after).then(() => later.act(cluster, joining))
      if (typeof heal?.after === 'number') await pause(heal.after).then(() => heal.act(cluster, joining))
      return running
    }

    async function locksLeft(joining: number): Promise<string[]> {
      const hosts = [1, joining]
      const found = await Promise.all(
        hosts.map(i => cluster.inside(i, ['find', '/var/tmp', '-name', 'ringup-*.lock.*'])),
      )
      return found.flatMap(({stdout}, at) =>
        stdout.trim() === '' ? [] : [`r${hosts[at]}: ${stdout.trim()}`],
      )
    }
  })
})

const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))

/** Answers of a commit that reached the run. */
function answersOfCommit(folder: string): number {
  const runs = join(folder, 'runs')
  const events = readdirSync(runs).flatMap(name =>
    readFileSync(join(runs, name), 'utf8')
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as JournalEvent),
  )
  return events.filter(
    event => event.type === 'write-answered' && event.stdout.includes('Cluster changes committed'),
  ).length
}

const log = '/var/lib/riak-commits.log'
const hold = '/run/hold-commit'
const committer = '/run/commit.pid'
/** the commit that is held back has taken effect */
const done = '/run/commit-done'

/** From now on every `cluster commit` on that host leaves what Riak answered in a file there. */
async function logCommits(cluster: RealCluster, i: number): Promise<void> {
  const script = `#!/bin/sh
case "$*" in
"admin cluster commit")
  echo $$ > ${committer}
  said=$(/opt/riak/bin/riak "$@"); rc=$?
  echo "$said" >> ${log}
  [ -e ${hold} ] && touch ${done}
  while [ -e ${hold} ]; do sleep 0.2; done
  echo "$said"; exit $rc ;;
esac
exec /opt/riak/bin/riak "$@"
`
  const put = `rm -f /usr/local/bin/riak && cat > /usr/local/bin/riak <<'END'\n${script}END\nchmod 755 /usr/local/bin/riak`
  const {code, stderr} = await cluster.inside(i, ['sh', '-c', put])
  if (code !== 0) throw new Error(`no log of commits on host ${i}: ${stderr}`)
}

const holdAnswer = (cluster: RealCluster, i: number) => cluster.inside(i, ['touch', hold])
const letAnswer = (cluster: RealCluster, i: number) => cluster.inside(i, ['rm', '-f', hold, done])

/** Ends the SSH session that the commit came by: the nearest sshd above it. */
async function endSession(cluster: RealCluster, i: number): Promise<void> {
  const script = `p=$(cat ${committer}); while [ "$p" -gt 1 ]; do
[ "$(cat /proc/$p/comm)" = sshd ] && { kill -9 "$p"; exit 0; }
p=$(cut -d' ' -f4 < /proc/$p/stat); done; exit 1`
  const {code, stderr} = await cluster.inside(i, ['sh', '-c', script])
  if (code !== 0) throw new Error(`no session of the commit is found: ${stderr}`)
}

/** Commits that Riak has carried out, on any host. */
async function commitsDone(cluster: RealCluster): Promise<number> {
  const counts = await Promise.all(
    cluster.hosts.map(async (_, at) => {
      const {stdout} = await cluster.inside(at + 1, [
        'sh',
        '-c',
        `grep -c 'Cluster changes committed' ${log} || true`,
      ])
      return Number(stdout.trim() || 0)
    }),
  )
  return counts.reduce((sum, count) => sum + count, 0)
}

async function untilCommitted(cluster: RealCluster, i: number): Promise<void> {
  for (let left = 100; left > 0; left -= 1) {
    const {code} = await cluster.inside(i, ['test', '-e', done])
    if (code === 0) return
    await pause(200)
  }
  throw new Error('the commit did not take effect')
}
