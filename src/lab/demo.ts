/**
 * The demo: the commands an operator would type, run as processes against a practice cluster, and at the end the
 * ring read again and held against the plan, partition by partition.
 */
import {spawn} from 'node:child_process'
import {existsSync, mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join, relative} from 'node:path'
import {isSea} from 'node:sea'
import {exitCodes, OpsError} from '../errors.ts'
import {openFleet} from '../fleet/fleet.ts'
import {finalOwners} from '../plan/plan.ts'
import type {NodeName} from '../ring/ring.ts'
import {readPlan} from '../state/plan-file.ts'

export type Demo = {
  readonly partitions: number
  /** partitions whose owner is the planned one */
  readonly asPlanned: number
  readonly ms: number
}

/**
 * @param program the running `main.js`
 * @param talk what is shown goes there: stderr where stdout is for JSON
 */
export async function runDemo(
  program: string,
  talk: typeof process.stdout | typeof process.stderr,
  release = '3.2.3',
): Promise<Demo> {
  const started = Date.now()
  const dir = mkdtempSync(join(tmpdir(), 'ringup-demo-'))
  const file = (name: string): string => join(dir, name)
  const env = {
    ...process.env,
    RINGUP_INVENTORY: file('inventory.yaml'),
    RINGUP_STATE_DIR: file('state'),
    RINGUP_LAB_DIR: dir,
  }
  let interrupted = false
  const onSignal = (): void => {
    // the command that runs gets it too, and ends by itself; the cluster is stopped below
    interrupted = true
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal)
  const ringup = async (...args: string[]): Promise<void> => {
    if (interrupted) throw new OpsError('interrupted', 'the demo was interrupted')
    talk.write(`\n$ ringup ${args.map(arg => arg.replace(`${dir}/`, '')).join(' ')}\n`)
    const code = await exitOf(program, args, env, talk)
    // on a screen, Ctrl-C is a key that only the command sees
    if (interrupted || code === exitCodes.interrupted)
      throw new OpsError('interrupted', 'the demo was interrupted')
    if (code !== 0) throw new OpsError('partlyDone', `ringup ${args[0]} ended with ${code}`)
  }
  try {
    talk.write('A practice cluster of five Riak nodes and three spare hosts, over real SSH on loopback.\n')
    const other = release === '3.2.3' ? [] : ['--release', release]
    await ringup('lab', 'up', '--nodes', '5', '--spare', '3', '--ring', '64', '--speed', '12', ...other)
    await ringup('status')
    // what the text of 2.x does not tell
    const accepted = release.startsWith('2.')
      ? ['--accept', 'claim-unknown', '--accept', 'staged-unknown']
      : []
    await ringup('plan', '--add', 'r06,r07,r08', ...accepted, '--out', file('grow.json'))
    await ringup('apply', file('grow.json'), '--yes', '--interval', '500ms', '--reason', 'the demo')
    const compared = await compare(file('inventory.yaml'), file('grow.json'), talk)
    return {...compared, ms: Date.now() - started}
  } finally {
    talk.write('\n$ ringup lab down\n')
    await exitOf(program, ['lab', 'down'], env, talk)
    rmSync(dir, {recursive: true, force: true})
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.off(signal, onSignal)
  }
}

const exitOf = (
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  {fd}: {readonly fd: number},
): Promise<number> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...args], {env, stdio: ['inherit', fd, 'inherit']})
    child.on('error', reject)
    child.on('exit', (code, signal) => resolve(code ?? (signal === null ? 1 : 130)))
  })

/** Reads the ring once more, from the cluster and not from what a run says of it. */
async function compare(
  inventory: string,
  planFile: string,
  talk: NodeJS.WritableStream,
): Promise<Pick<Demo, 'partitions' | 'asPlanned'>> {
  const planned = finalOwners(readPlan(planFile))
  const fleet = await openFleet(inventory)
  try {
    const {owners} = (await fleet.ask()).snapshot.ring
    const hostOf = new Map(fleet.doors.map(({node, host}) => [node, host]))
    talk.write(
      `\nThe ring, read again: partition, owner, ✓ where it is the planned one.\n${ownersGrid(owners, planned, hostOf)}\n`,
    )
    return {partitions: planned.length, asPlanned: owners.filter((owner, at) => owner === planned[at]).length}
  } finally {
    fleet.close()
  }
}

function ownersGrid(
  owners: readonly NodeName[],
  planned: readonly NodeName[],
  hostOf: ReadonlyMap<NodeName, string>,
): string {
  const cells = owners.map(
    (owner, at) =>
      `${String(at).padStart(4)} ${hostOf.get(owner) ?? owner}${owner === planned[at] ? '✓' : '✗'}`,
  )
  const rows: string[] = []
  for (let at = 0; at < cells.length; at += 8) rows.push(cells.slice(at, at + 8).join(''))
  return rows.join('\n')
}

/** What to type next, as it can be typed here. */
export function nextCommands(program: string): string[] {
  const shown = relative(process.cwd(), program)
  const ringup = isSea() ? process.execPath : shown.startsWith('..') ? 'ringup' : `node ${shown}`
  const example = 'inventory.example.yaml'
  return [
    `${ringup} lab up`,
    `${ringup} plan --help`,
    existsSync(example) ? `${ringup} inventory check -i ${example}` : `${ringup} init --help`,
  ]
}
