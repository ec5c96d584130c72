/**
 * `npm run bench -- record --before DIR [--rounds 5] [--looks 20]`: what it costs that hosts keep records of runs. DIR is an
 * older, built checkout that keeps none, asked in turn with this one, each on a practice ring of its own: a growth by
 * three, and `status` where twenty runs are remembered. Without `--before`, only how large a record is at ring 1024 x 80.
 */
import {execFileSync} from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {parseArgs} from 'node:util'
import {gzipSync} from 'node:zlib'
import {startLab} from '../../src/lab/server/start-lab.ts'
import {chainOf, keptLines, segmentOf} from '../../src/records/chain.ts'
import {keepScript} from '../../src/records/script.ts'
import {journalFile, listRuns} from '../../src/state/store.ts'
import {ringup} from '../torture/ringup.ts'
import {inFolder} from '../torture/workplace.ts'
import {type Spent, spentBy} from './spent-by.ts'

const root = new URL('../..', import.meta.url).pathname
/** runs that hosts remember when `status` is asked */
const remembered = 20
const most = {growth: 1.1, status: 1.15, text: 100_000, gzip: 10_000}

export async function benchRecord(args: readonly string[]): Promise<void> {
  const {values} = parseArgs({
    args: [...args],
    options: {
      before: {type: 'string'},
      rounds: {type: 'string', default: '5'},
      looks: {type: 'string', default: '20'},
    },
  })
  if (values.before !== undefined) {
    const folder = mkdtempSync(join(tmpdir(), 'ringup-bench-'))
    try {
      growthAndStatus(folder, values.before, {rounds: Number(values.rounds), looks: Number(values.looks)})
    } finally {
      rmSync(folder, {recursive: true, force: true})
    }
  }
  for (const nodes of [79, 77]) await sizes(nodes)
}

/** One checkout's program and its practice ring. */
class Checkout {
  readonly state: string
  readonly #program: string
  readonly #folder: string
  readonly lab: string

  constructor(checkout: string, folder: string) {
    this.#program = join(checkout, 'dist/src/main.js')
    this.#folder = folder
    this.lab = join(folder, 'lab')
    this.state = join(folder, 'state')
    mkdirSync(folder)
  }

  up(): void {
    execFileSync(process.execPath, [this.#program, 'lab', 'up', '--dir', this.lab], {stdio: 'ignore'})
  }

  down(): void {
    execFileSync(process.execPath, [this.#program, 'lab', 'down', '--dir', this.lab], {stdio: 'ignore'})
    for (const folder of [this.lab, this.state]) rmSync(folder, {recursive: true, force: true})
  }

  ask(...words: readonly string[]): Spent {
    return spentBy([process.execPath, this.#program, ...words], {
      RINGUP_INVENTORY: join(this.lab, 'inventory.yaml'),
      RINGUP_STATE_DIR: this.state,
      XDG_CACHE_HOME: this.#folder,
    })
  }
}

function growthAndStatus(
  folder: string,
  before: string,
  {rounds, looks}: {readonly rounds: number; readonly looks: number},
): void {
  const both = [
    new Checkout(before, join(folder, 'before')),
    new Checkout(root, join(folder, 'now')),
  ] as const
  const growths = both.map((): number[] => [])
  for (let round = 0; round < rounds; round += 1)
    for (const [at, checkout] of both.entries()) {
      checkout.up()
      try {
        growths[at]!.push(grown(checkout))
      } finally {
        checkout.down()
      }
    }
  row('growth by three', growths, most.growth)
  try {
    for (const checkout of both) {
      checkout.up()
      grown(checkout)
      rememberMore(checkout)
      rmSync(checkout.state, {recursive: true, force: true})
    }
    const asked = both.map((): number[] => [])
    for (let look = 0; look < looks; look += 1)
      for (const [at, checkout] of both.entries()) asked[at]!.push(checkout.ask('status').wall)
    row(`status, ${remembered} runs remembered`, asked, most.status)
  } finally {
    for (const checkout of both) checkout.down()
  }
}

function grown(checkout: Checkout): number {
  const {wall, stdout} = checkout.ask('add', 'r06', 'r07', 'r08', '--yes', '--json')
  const {outcome} = JSON.parse(stdout) as {outcome?: string}
  if (outcome !== 'done') throw new Error(`the ring has not grown: ${stdout}`)
  return wall
}

/** More runs like the one that the hosts have, each with an id of its own; none where nothing is kept. */
function rememberMore({lab, state}: Checkout): void {
  const [run] = listRuns(state)
  const text = readFileSync(journalFile(state, run!), 'utf8')
  for (const host of readdirSync(join(lab, 'hosts'))) {
    const folder = join(lab, 'hosts', host, 'var/tmp')
    const copy = readdirSync(folder).find(name => name.includes(run!))
    if (copy === undefined) continue
    for (let number = 1; number < remembered; number += 1) {
      const id = `20261101-1200${String(number).padStart(2, '0')}-${number.toString(16).padStart(4, '0')}`
      const chain = chainOf(text.replaceAll(run!, id).trim().split('\n'))
      writeFileSync(join(folder, copy.replace(run!, id)), `${segmentOf(chain, 0)}\n`)
    }
  }
}

function row(what: string, [before, now]: readonly (readonly number[])[], goal: number): void {
  const [beforeS, nowS] = [median(before!), median(now!)]
  const ratio = Math.round((nowS / beforeS) * 100) / 100
  console.log(JSON.stringify({bench: 'record', what, beforeS, nowS, ratio, most: goal, all: {before, now}}))
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)]!
}

/** The record of a run to 80 nodes, as it lies on a host in the end. */
const sizes = (nodes: number): Promise<void> =>
  inFolder('record', async home => {
    const lab = await startLab({
      dir: join(home, 'lab'),
      nodes,
      spare: 80 - nodes,
      ring: 1024,
      speed: 1500,
      bytes: 1e11,
      disk: {size: 4e12, other: 2e10},
    })
    try {
      const added = lab.hosts.slice(nodes).map(({name}) => name)
      const {code, stderr} = await ringup(lab, home)(['add', ...added, '--yes', '--interval', '500ms'])
      if (code !== 0) throw new Error(`add exits ${code}: ${stderr}`)
      const [run] = listRuns(home)
      const lines = keptLines(readFileSync(journalFile(home, run!), 'utf8').trim().split('\n'))
      const text = `${lines.join('\n')}\n`
      const copies = lab.hosts.flatMap(({name}) => copiesOf(join(lab.dir, 'hosts', name, 'var/tmp')))
      console.log(
        JSON.stringify({
          bench: 'record',
          what: `size, ring 1024, ${nodes} to 80 nodes`,
          events: lines.length,
          textBytes: Buffer.byteLength(text),
          mostTextBytes: most.text,
          gzipBytes: gzipSync(text).length,
          mostGzipBytes: most.gzip,
          hosts: copies.length,
          asked: lab.commands.length,
          kept: lab.commands.filter(({argv}) => argv.includes(keepScript)).length,
          copyBytes: Math.max(...copies),
        }),
      )
    } finally {
      await lab.stop()
    }
  })

/** bytes of each, one or none a host */
const copiesOf = (folder: string): number[] =>
  (existsSync(folder) ? readdirSync(folder) : [])
    .filter(name => name.includes('.record.run-'))
    .map(name => statSync(join(folder, name)).size)
