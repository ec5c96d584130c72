/**
 * `npm run campaign`: 11 to 80 nodes, three a day, on a practice ring that is grown by the built `grow next` alone,
 * called again and again while a terabyte a day comes in. One run is killed on the way and one host is down when its
 * turn comes. In the end every ring was the planned one, no disk was above its limit, and the report is drawn.
 *   --empty-runners   by two runners in turn, by a login each, whose disks are empty at each call; every day two calls more
 *   --nodes 11 --until 80 --ring 1024 --speed 1200 --keep FOLDER
 */
import {chmodSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {parseArgs} from 'node:util'
import type {JournalEvent} from '../../src/journal/events.ts'
import {usedBytes} from '../../src/lab/model/disk.ts'
import {type Lab, startLab} from '../../src/lab/server/start-lab.ts'
import type {Plan} from '../../src/plan/plan.ts'
import {journalFile, listRuns} from '../../src/state/store.ts'
import {colleague} from '../torture/machines.ts'
import {type Ended, ringup} from '../torture/ringup.ts'
import {inFolder} from '../torture/workplace.ts'
import {byEmptyRunners} from './empty-runners.ts'
import {comeIn, memberCount, misplaced} from './ring.ts'

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130))

const {values} = parseArgs({
  options: {
    nodes: {type: 'string', default: '11'},
    until: {type: 'string', default: '80'},
    'per-day': {type: 'string', default: '3'},
    ring: {type: 'string', default: '1024'},
    speed: {type: 'string', default: '1500'},
    keep: {type: 'string'},
    'empty-runners': {type: 'boolean', default: false},
  },
})
const [nodes, until, perDay, partitions] = [
  Number(values.nodes),
  Number(values.until),
  Number(values['per-day']),
  Number(values.ring),
]
/** bytes a day of new data, over all copies */
const ingest = 3e12
const diskPeak = 0.8
const isEmpty = values['empty-runners']
const growth = ['--until', String(until), '--per-day', String(perDay)]

const problems: string[] = []
const complain = (text: string): void => {
  problems.push(text)
  console.log(`WRONG: ${text}`)
}

async function campaign(lab: Lab, home: string): Promise<void> {
  const run = ringup(lab, home)
  const file = join(home, 'campaign.json')
  await expectExit(
    await run(['grow', 'plan', ...growth, '--ingest', '1TB', '--rate', '60MB/s', '--out', file, '--json']),
    0,
    'grow plan',
  )
  const forecast = JSON.parse(readFileSync(file, 'utf8')) as {
    days: readonly unknown[]
    verdict: {text: string}
  }
  console.log(`forecast: ${forecast.days.length} days; ${forecast.verdict.text}`)
  const killed = Math.floor(forecast.days.length / 3)
  const down = Math.floor(forecast.days.length / 2)
  const call = ['grow', 'next', '--yes', '--any-time', '--interval', '200ms', '--json', ...growth]
  let batches = 0
  let isKilled = false
  let isDown = false
  for (let calls = 0; calls < forecast.days.length * 6; calls += 1) {
    const members = memberCount(lab)
    if (batches === down && !isDown) {
      // the host whose turn it is does not answer
      const next = lab.hosts[members]!.name
      await lab.fault({fault: 'unreachable', host: next})
      const {code, stdout} = await run(call)
      if (code !== 3 && code !== 6) complain(`with ${next} down grow next ended with ${code}: ${stdout}`)
      if (memberCount(lab) !== members) complain('somebody joined though a host of the batch was down')
      console.log(`with ${next} down: exit ${code}`)
      await lab.fault({fault: 'reachable', host: next})
      isDown = true
    }
    const kills = batches === killed && !isKilled
    const started = Date.now()
    const {code, stdout, stderr} = await run(call, kills ? child => void killOnce(lab, child) : undefined)
    if (kills) {
      isKilled = true
      console.log(`killed in the middle of a batch: exit ${code}`)
      continue
    }
    if (code === 8) {
      await new Promise(resolve => setTimeout(resolve, 300))
      continue
    }
    if (code !== 0) {
      complain(`grow next ended with ${code}: ${stdout.slice(-1500)}\n${stderr.slice(-1500)}`)
      return
    }
    const report = JSON.parse(stdout) as {
      did: string
      message: string
      nodes: number
      resumed?: {outcome: string}
    }
    if (report.resumed) {
      console.log(`the run that was killed: ${report.resumed.outcome}`)
      if (report.resumed.outcome !== 'done') complain(`the run that was killed is ${report.resumed.outcome}`)
      batches += 1
    }
    if (report.did === 'nothing') {
      console.log(report.message)
      break
    }
    batches += 1
    compareWithPlan(lab, home)
    comeIn(lab, ingest)
    console.log(`${report.message}: ${report.nodes} nodes (${((Date.now() - started) / 1000).toFixed(1)} s)`)
  }
  if (memberCount(lab) !== until) complain(`there are ${memberCount(lab)} members, ${until} were wanted`)
  await drawReports(lab, home, file)
}

/** Once the commit has been carried out, at the first command after it. */
function killOnce(lab: Lab, child: {kill: (signal: 'SIGKILL') => boolean}): void {
  let committed = false
  lab.onCommand(({line}) => {
    if (committed) child.kill('SIGKILL')
    if (line.includes('cluster commit')) committed = true
  })
}

/** The ring is what the newest run had planned. */
function compareWithPlan(lab: Lab, home: string): void {
  const [newest] = listRuns(home)
  const events = readFileSync(journalFile(home, newest!), 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as JournalEvent)
  const [first] = events
  const plan = (first as {plan?: Plan}).plan
  const wrong = plan ? misplaced(lab, plan) : partitions
  if (wrong > 0) complain(`${wrong} partitions are not where run ${newest} had planned them`)
}

function watchDisks(lab: Lab): {readonly fullest: () => number; readonly stop: () => void} {
  let fullest = 0
  const look = (): void => {
    const world = lab.world()
    for (const node of world.nodes.values())
      fullest = Math.max(fullest, usedBytes(node, world.now) / node.disk.size)
  }
  const timer = setInterval(look, 100)
  return {fullest: () => fullest, stop: () => clearInterval(timer)}
}

async function drawReports(lab: Lab, home: string, file: string): Promise<void> {
  const run = ringup(lab, home)
  const folder = values.keep ?? join(home, 'reports')
  mkdirSync(folder, {recursive: true})
  for (const [format, ending] of [
    ['html', 'html'],
    ['svg', 'svg'],
    ['markdown', 'md'],
  ] as const) {
    const out = join(folder, `campaign.${ending}`)
    await expectExit(await run(['report', file, '--format', format, '--out', out]), 0, `report ${format}`)
    if (readFileSync(out, 'utf8').length < 300) complain(`the ${format} report is empty`)
  }
  const status = await run(['grow', 'status', file, ...growth])
  await expectExit(status, 0, 'grow status')
  writeFileSync(join(folder, 'status.txt'), status.stdout)
  console.log(status.stdout)
}

async function expectExit({code, stdout, stderr}: Ended, wanted: number, what: string): Promise<void> {
  if (code !== wanted) complain(`${what} ended with ${code}: ${stdout.slice(-800)}${stderr.slice(-800)}`)
}

await inFolder('campaign', async home => {
  chmodSync(home, 0o711)
  const lab = await startLab({
    dir: join(home, 'lab'),
    nodes,
    spare: until - nodes,
    ring: partitions,
    speed: Number(values.speed),
    seed: 2012,
    bytes: 1e12,
    disk: {size: 4e12, other: 20e9},
    ...(isEmpty ? {colleagues: [colleague]} : {}),
  })
  const disks = watchDisks(lab)
  try {
    if (isEmpty) await byEmptyRunners(lab, {folder: home, until, perDay, ingest, complain})
    else await campaign(lab, home)
  } finally {
    disks.stop()
    await lab.stop()
  }
  if (disks.fullest() > diskPeak) complain(`a disk was ${(disks.fullest() * 100).toFixed(1)} % full`)
  console.log(`the fullest that any disk was: ${(disks.fullest() * 100).toFixed(1)} %`)
})
console.log(`${problems.length === 0 ? 'the campaign is whole' : problems.join('\n')}`)
process.exitCode = problems.length === 0 ? 0 : 1
