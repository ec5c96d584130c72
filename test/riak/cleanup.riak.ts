/**
 * However a harness ends, nothing of its cluster is left on this machine: no process, namespace, interface, mount,
 * loop device or file. Harnesses run as programs of their own here, with a TMPDIR of their own.
 */
import {type ChildProcess, spawn} from 'node:child_process'
import {existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {basename, dirname, join} from 'node:path'
import {build} from 'esbuild'
import {afterAll, afterEach, beforeAll, expect, test} from 'vitest'
import {startRealCluster} from './cluster.ts'
import {eventually, must} from './command.ts'
import {describeRiak} from './describe-riak.ts'

const here = import.meta.dirname
const root = join(here, '../..')

describeRiak('nothing is left behind', () => {
  const compiled = join(root, 'node_modules/.cache/ringup/cleanup')
  let temporary: string
  let clusters: string

  beforeAll(async () => {
    temporary = mkdtempSync(join(tmpdir(), 'ringup-cleanup-'))
    clusters = join(temporary, 'ringup-riak/clusters')
    await build({
      absWorkingDir: root,
      entryPoints: ['test/riak/play.ts', 'test/riak/run.ts'],
      outdir: compiled,
      outExtension: {'.js': '.mjs'},
      bundle: true,
      platform: 'node',
      format: 'esm',
      packages: 'external',
      define: {'import.meta.dirname': JSON.stringify(here)},
      logLevel: 'error',
    })
  })
  afterAll(() => rmSync(temporary, {recursive: true, force: true}))

  const started: ChildProcess[] = []
  // those of a failed test
  afterEach(() => started.splice(0).forEach(child => void child.kill()))

  const harness = (program: 'play' | 'run', ...args: string[]): ChildProcess => {
    const child = spawn(process.execPath, [join(compiled, `${program}.mjs`), ...args], {
      cwd: root,
      env: {...process.env, TMPDIR: temporary},
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    started.push(child)
    return child
  }
  const isUp = (child: ChildProcess): Promise<void> =>
    new Promise((resolve, reject) => {
      let all = ''
      child.stdout!.on('data', chunk => {
        all += chunk
        if (all.includes('Ctrl-C takes it down')) resolve()
      })
      child.on('exit', () => reject(new Error(`ended before it was up: ${all}`)))
    })
  const ended = (child: ChildProcess): Promise<unknown> =>
    new Promise(resolve => child.once('exit', (code, signal) => resolve(signal ?? code)))
  const folders = (): string[] => (existsSync(clusters) ? readdirSync(clusters) : [])
  const onlyFolder = (): string => join(clusters, folders()[0]!)

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGKILL'] as const)('after %s', async signal => {
    const child = harness('play', '--nodes', '1', '--spare', '1', '--disk', '64')
    await isUp(child)
    const traces = tracesOf(onlyFolder())

    expect((await remains(traces)).length).toBeGreaterThan(20)

    child.kill(signal)

    expect(await ended(child)).toBe(signal)
    // what can be handled has left nothing when the program returns
    if (signal !== 'SIGKILL') expect(await remains(traces)).toEqual([])
    await isGone(traces)
  })

  test('after its end, with every fault on', async () => {
    const cluster = await startRealCluster({nodes: 1, spare: 2, diskMegabytes: 64})
    const traces = tracesOf(dirname(cluster.inventory))
    await cluster.slow(2, 1)
    await cluster.block(1, 2, 22)
    cluster.freeze(1)
    await cluster.cut(3)

    await cluster.down()

    expect(await remains(traces)).toEqual([])
  })

  test('after kill -9 while hosts are starting', async () => {
    const child = harness('play', '--nodes', '2')
    await eventually(
      'a host',
      {timeout: 20_000, interval: 5},
      () => folders().some(tag => existsSync(join(clusters, tag, 'r1/ready'))) || undefined,
    )
    const folder = onlyFolder()
    child.kill('SIGKILL')
    await ended(child)

    await isGone(tracesOf(folder))
  })

  test('after kill -9 of the keeper: files only, which the next start removes', async () => {
    const child = harness('play', '--nodes', '1', '--spare', '1')
    await isUp(child)
    const folder = onlyFolder()
    const traces = tracesOf(folder)
    process.kill(Number(readFileSync(join(folder, 'keeper.pid'), 'utf8')), 'SIGKILL')
    child.kill('SIGKILL')
    await ended(child)

    await eventually('the rest to be gone', {timeout: 10_000, interval: 100}, async () => {
      expect(await remains(traces)).toEqual([`folder ${folder}`])
      return true
    })

    const next = harness('play', '--nodes', '0', '--spare', '1')
    await isUp(next)

    expect(existsSync(folder)).toBe(false)

    const others = tracesOf(onlyFolder())
    next.kill('SIGINT')
    await ended(next)

    expect(await remains(others)).toEqual([])
  })

  test("after kill -9 of the test runner: its worker's cluster goes too", async () => {
    const child = harness('run', 'harness')
    await eventually(
      'the cluster',
      {timeout: 60_000, interval: 50},
      () => folders().some(tag => existsSync(join(clusters, tag, 'inventory.yaml'))) || undefined,
    )
    const traces = tracesOf(onlyFolder())
    child.kill('SIGKILL')
    await ended(child)

    await isGone(traces)
  })
})

/** How what belongs to a cluster can be known on this machine. */
type Traces = {
  readonly folder: string
  /** namespaces of its hosts and its switch */
  readonly spaces: ReadonlySet<string>
}

function tracesOf(folder: string): Traces {
  const hosts = readdirSync(folder).flatMap(name => readOrNothing(join(folder, name, 'ready')).trim() || [])
  const keeper = readOrNothing(join(folder, 'keeper.pid'))
  const spaces = new Set([...hosts, keeper].flatMap(namespacesOf))
  for (const space of namespacesOf('self')) spaces.delete(space)
  return {folder, spaces}
}

const isGone = (traces: Traces): Promise<unknown> =>
  eventually('nothing to be left', {timeout: 10_000, interval: 100}, async () => {
    expect(await remains(traces)).toEqual([])
    return true
  })

/** Everything on this machine that lives in a cluster's namespaces or has to do with its folder. */
async function remains({folder, spaces}: Traces): Promise<string[]> {
  const found: string[] = []
  for (const pid of readdirSync('/proc').filter(name => /^\d+$/.test(name))) {
    for (const space of namespacesOf(pid)) if (spaces.has(space)) found.push(`process ${pid} in ${space}`)
    for (const name of ['cmdline', 'mountinfo'])
      if (readOrNothing(`/proc/${pid}/${name}`).includes(folder)) found.push(`process ${pid}: ${name}`)
  }
  const links = JSON.parse(await must(['ip', '-json', 'link'])) as {ifname: string}[]
  if (links.some(({ifname}) => ifname === basename(folder))) found.push(`interface ${basename(folder)}`)
  for (const device of readdirSync('/sys/block'))
    if (readOrNothing(`/sys/block/${device}/loop/backing_file`).includes(folder))
      found.push(`device ${device}`)
  if (existsSync(folder)) found.push(`folder ${folder}`)
  return found
}

const namespacesOf = (pid: string): string[] =>
  ['mnt', 'net', 'pid', 'uts', 'ipc'].flatMap(kind => linkOf(`/proc/${pid}/ns/${kind}`) ?? [])

function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path)
  } catch {
    return undefined
  }
}

function readOrNothing(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
