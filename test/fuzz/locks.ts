/**
 * `npm run fuzz -- locks [--count N] [--seed S]`: random bytes as lock files on practice hosts, seen by the built program
 * over SSH. Each is named, none is obeyed, none holds anybody up.
 */
import {readdirSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import {parseArgs} from 'node:util'
import type {LocksReport} from '../../src/actions/locks.ts'
import {claimBases} from '../../src/execute/lock-script.ts'
import {type Lab, startLab} from '../../src/lab/server/start-lab.ts'
import {type Random, randomFrom} from '../support/random.ts'
import {type Home, type Ran, ringupHome} from '../support/ringup.ts'

/** ms */
const longestAHost = 5000

const words = ['$(', '`', ')', ']', 'a[', '0x', '\n', '\0', '\\c', '-', ' ', '"', "'", ';', '|', '&']
const orders = ['> PWNED', 'touch PWNED', 'ringup lock 2\n', '{"run":"', 'sh -c', '~', '*', '\x1b[31m']

const randomText = (random: Random): string =>
  Array.from({length: random.below(40)}, () =>
    random.chance(0.6)
      ? random.pick(random.chance(0.5) ? words : orders)
      : String.fromCharCode(random.below(256)),
  ).join('')

export async function fuzzLocks(args: readonly string[]): Promise<number> {
  const {values} = parseArgs({
    args: [...args],
    options: {count: {type: 'string', default: '1000'}, seed: {type: 'string', default: '1'}},
  })
  const {wrong, count, slowest} = await hostileLocks({count: Number(values.count), seed: Number(values.seed)})
  for (const problem of wrong.slice(0, 20)) console.log(`${problem}\n`)
  console.log(
    `seed ${values.seed}: ${count} lock files of random bytes, the slowest look took ${slowest} ms, ${wrong.length} wrong`,
  )
  return wrong.length === 0 ? 0 : 1
}

type Tally = {readonly count: number; readonly wrong: readonly string[]; readonly slowest: number}

async function hostileLocks({count, seed}: {count: number; seed: number}): Promise<Tally> {
  const random = randomFrom(seed)
  const wrong: string[] = []
  let slowest = 0
  const lab = await startLab({nodes: 3, spare: 5, ring: 16, speed: 400, bytes: 1e9, colleagues: ['ann']})
  const home = ringupHome()
  try {
    for (let made = 0; made < count; ) {
      const files = await plantSome(lab, random, Math.min(10 * lab.hosts.length, count - made))
      made += files.length
      const started = Date.now()
      wrong.push(...(await wrongShown(lab, home, files)))
      const ms = Date.now() - started
      slowest = Math.max(slowest, ms)
      if (ms > longestAHost * lab.hosts.length) wrong.push(`it took ${ms} ms`)
      for (const {host, path} of files) rmSync(join(lab.dir, 'hosts', host, path))
      const left = lab.hosts.flatMap(({name}) => filesOf(lab, name))
      if (left.length > 0) wrong.push(`something was made: ${left.join(', ')}`)
    }
    return {count, wrong, slowest}
  } finally {
    await lab.stop()
    home.remove()
  }
}

type Planted = {readonly host: string; readonly path: string; readonly text: string}

async function plantSome(lab: Lab, random: Random, count: number): Promise<Planted[]> {
  const files: Planted[] = []
  for (let at = 0; at < count; at += 1) {
    const {name: host, node} = lab.hosts[at % lab.hosts.length]!
    const [name, text] = [`r${at}`, randomText(random)]
    const bytes = Buffer.from(text, 'latin1').toString('base64')
    await lab.fault({fault: 'plant', host, thing: 'file', name, bytes})
    files.push({host, path: `${claimBases(node)[1]}.${name}`, text})
  }
  return files
}

/** What `lock show` says must be what lies there, and the host of the first is not to be had by anybody. */
async function wrongShown(lab: Lab, home: Home, files: readonly Planted[]): Promise<string[]> {
  const ringup = (...args: string[]): Promise<Ran> =>
    home.run(args, {env: {RINGUP_INVENTORY: lab.inventoryFile}, timeout: 120_000})
  const shown = await ringup('lock', 'show', '--json')
  if (shown.code !== 0) return [`lock show: exit ${shown.code}: ${shown.stderr}`]
  const {locks} = JSON.parse(shown.stdout) as LocksReport
  const named = new Map(
    locks.flatMap(({host, claims = []}) =>
      claims.map(({file, state, record}) => [
        `${host} ${file}`,
        `${state} ${typeof record === 'object' ? 'read' : record}`,
      ]),
    ),
  )
  const wrong = files
    .filter(({host, path}) => named.get(`${host} ${path}`) !== 'fresh unreadable')
    .map(
      ({host, path, text}) =>
        `${path} is ${named.get(`${host} ${path}`) ?? 'not named'}: ${JSON.stringify(text)}`,
    )
  const text = (await ringup('lock', 'show')).stdout
  for (const {host, path} of files)
    if (!text.includes(`${host}: held by`) || !text.includes(path)) wrong.push(`${path} is not shown`)
  return wrong
}

const filesOf = (lab: Lab, host: string): string[] =>
  readdirSync(join(lab.dir, 'hosts', host), {recursive: true, withFileTypes: true})
    .filter(entry => !entry.isDirectory())
    .map(({name}) => `${host} ${name}`)
