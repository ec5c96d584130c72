/** The invariants of a run, each by its number, as far as a practice ring can show them. */
import {spawn} from 'node:child_process'
import {mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {describe, expect, it} from 'vitest'
import {acquireLock} from '../../src/execute/lock.ts'
import {lockArgv} from '../../src/execute/lock-script.ts'
import type {LabOptions} from '../../src/lab/server/start-lab.ts'
import {readScript} from '../../src/records/script.ts'
import {readCommit} from '../../src/riak/answers/cluster-commit.ts'
import {readJoin} from '../../src/riak/answers/cluster-join.ts'
import {readClusterPlan} from '../../src/riak/answers/cluster-plan.ts'
import {uncarried} from '../../src/riak/expression.ts'
import {factsScript} from '../../src/riak/host/facts-script.ts'
import {storageArgv} from '../../src/riak/host/storage.ts'
import {troubleArgv} from '../../src/riak/host/trouble.ts'
import {latencyExpression} from '../../src/riak/host/vital-signs.ts'
import {dataDirExpression, readCommands} from '../../src/riak/query.ts'
import {askSnapshot} from '../../src/riak/ring/ask-snapshot.ts'
import {snapshotExpression} from '../../src/riak/ring/snapshot-eval.ts'
import {eachTestItsOwn, home, lab, startRing, writes} from '../support/each-test.ts'
import {withRiak} from '../support/inventory-edit.ts'
import {runReally} from '../support/local-shell.ts'
import {recordedEpisode} from '../support/transcripts.ts'

eachTestItsOwn()

const start = (options: LabOptions = {}) =>
  startRing({nodes: 3, spare: 2, ring: 16, speed: 300, seed: 5, ...options})

const state = () => join(home.path, 'state')
const env = () => ({RINGUP_INVENTORY: lab.inventoryFile, RINGUP_STATE_DIR: state()})
const ringup = (...args: string[]) => home.run(args, {env: env()})
const add = (...hosts: string[]) => ringup('add', ...hosts, '--yes', '--interval', '100ms')
const commits = () => writes().filter(line => line.includes('cluster commit'))
/** Once a command was carried out whose line has these words. */
const upon = (words: string, act: () => unknown): void => {
  let done = false
  lab.onCommand(({line}) => {
    if (done || !line.includes(words)) return
    done = true
    void act()
  })
}

/** as it is written, whatever it travels as */
const shown = (argv: readonly string[]): string => argv.map(uncarried).join(' ')

describe('invariant', () => {
  it('1: what only looks sends only what is in the list of reads', async () => {
    await start({nodes: 4, locations: ['rack-a', 'rack-b']})
    const all = async () => {
      await ringup('status', '--json')
      await ringup('plan', '--add', 'r05,r06')
      await ringup('plan', '--leave', 'r02', '--json')
      await ringup('plan', '--replace', 'r03=r05', '--out', join(home.path, 'p.json'))
      await ringup('apply', join(home.path, 'p.json'), '--steps')
      await ringup('watch', '--once')
      await ringup('watch', '--until', 'settled', '--timeout', '1s', '--json')
      await ringup('snapshot', '--out', join(home.path, 's.json'))
      await ringup('lock', 'show')
      await ringup('check', 'r05')
      const {address, port} = lab.hosts[0]!
      await home.run([
        'init',
        '--from',
        `${lab.user}@${address}:${port}`,
        '--identity-file',
        lab.identityFile,
        '--known-hosts',
        lab.knownHostsFile,
      ])
    }
    await all()
    const looks = async () => {
      await ringup('status')
      await ringup('plan', '--add', 'r05')
      await ringup('watch', '--once')
      await ringup('diagnose', '--for', '300ms', '--interval', '100ms')
      await ringup('throttle', 'show')
      await ringup('grow', 'plan', '--until', '6')
      await ringup('grow', 'status', '--until', '6')
    }
    // by text, while ownership moves, with a member down
    writeFileSync(
      lab.inventoryFile,
      readFileSync(lab.inventoryFile, 'utf8').replace(
        'command: sudo riak',
        'command: sudo riak\n  eval: false',
      ),
    )
    await looks()
    await lab.fault({fault: 'stage', action: 'leave', host: 'r02'})
    await lab.fault({fault: 'foreign', action: 'plan'})
    await lab.fault({fault: 'foreign', action: 'commit'})
    await looks()
    await lab.fault({fault: 'kill', host: 'r04'})
    await looks()

    const riak = ['sudo', 'riak']
    const admin = [...riak, 'admin']
    const nodes = lab.hosts.map(({node}) => node)
    const expressions = [snapshotExpression, dataDirExpression, latencyExpression]
    const allowed = new Set(
      [
        readCommands.ping(riak),
        readCommands.services(admin),
        readCommands.versions(riak),
        readCommands.oldVersion(riak),
        readCommands.dataFiles(riak, '/var/lib/riak'),
        storageArgv({riak, dataDir: '/var/lib/riak'}),
        troubleArgv({riak, dataDir: '/var/lib/riak'}),
        readCommands.diskSpace('/var/lib/riak'),
        ...expressions.flatMap(text => [
          readCommands.eval(riak, text),
          readCommands.fastEval(riak, text),
          readCommands.eval(['sudo', '-u', 'riak', 'riak'], text),
        ]),
        readCommands.memberStatus(admin),
        readCommands.ringStatus(admin),
        readCommands.ringReady(admin),
        readCommands.transfers(admin),
        readCommands.handoffConfig(admin),
        readCommands.partitionCount(admin),
        ...nodes.map(node => readCommands.partitions(admin, node)),
      ].map(shown),
    )
    const show = lockArgv('show', {node: 'riak@a', token: '', record: '', expiry: 2, gone: [], prefix: []})
      .slice(0, 5)
      .join(' ')
    const facts = `sh -c ${factsScript} ringup-facts `
    const records = `sh -c ${readScript} ringup-records `
    // how long vnodes' queues are, of the partitions that wait
    const queues = /riak eval T=fun\(F\).*riak_core_vnode_manager:get_vnode_pid/
    const sent = [...new Set(lab.commands.map(({argv}) => shown(argv)))]
    expect(
      sent.filter(
        line =>
          !allowed.has(line) &&
          ![show, facts, records].some(known => line.startsWith(known)) &&
          !queues.test(line),
      ),
    ).toEqual([])
    expect(sent.length).toBeGreaterThan(8)
    expect(writes()).toEqual([])
  })

  it.each<[string, () => Promise<void>]>([
    ['something is staged', () => lab.fault({fault: 'stage', action: 'leave', host: 'r03'})],
    [
      'a member is joining',
      () =>
        lab
          .fault({fault: 'start', host: 'r05'})
          .then(() => lab.skip(60_000))
          .then(() => lab.fault({fault: 'stage', action: 'join', host: 'r05'})),
    ],
    ['a member is down', () => lab.fault({fault: 'kill', host: 'r03'})],
    [
      'ownership is pending, and a member leaving',
      async () => {
        await lab.fault({fault: 'stage', action: 'leave', host: 'r03'})
        await lab.fault({fault: 'foreign', action: 'plan'})
        await lab.fault({fault: 'foreign', action: 'commit'})
      },
    ],
  ])('2: stages nothing while %s', async (_, fault) => {
    await start()
    await fault()

    expect((await add('r04')).code).toBe(3)
    expect(writes()).toEqual([])
  })

  it('3: commits only a plan that equals ours; a line that is not known stops', async () => {
    await start({nodes: 5, ring: 64})
    await lab.fault({fault: 'otherPlan', on: true})

    expect((await add('r06', 'r07')).code).toBe(3)
    expect(commits()).toEqual([])

    const [answer] = recordedEpisode('05-grow-5to8').filter(({command}) => command.endsWith('cluster plan'))
    const strange = answer!.stdout.replace(
      'Transfers resulting',
      'NOTE: the moon is full\nTransfers resulting',
    )
    expect(readClusterPlan({...answer!, stdout: strange}).problem?.line).toBe('NOTE: the moon is full')
  })

  it('4: the plan is made as the last write before the commit, on the same node', async () => {
    await start()

    expect((await add('r04')).code).toBe(0)
    const at = writes().findIndex(line => line.includes('cluster commit'))
    expect(writes().slice(at - 1, at + 1)).toEqual([
      'r01 riak admin cluster plan',
      'r01 riak admin cluster commit',
    ])
  })

  it('5: a commit whose answer was lost is not sent again', async () => {
    await start()
    await lab.fault({fault: 'loseAnswer', host: 'r01', match: 'cluster commit'})

    const {code} = await add('r04')
    if (code !== 0) expect((await ringup('runs', 'resume', '--yes', '--interval', '100ms')).code).toBe(0)

    expect(commits()).toHaveLength(1)
    expect(lab.counters().commits).toBe(1)
  })

  it('6: never clears by itself, and abandon clears nothing that is not ours', async () => {
    await start({nodes: 5, ring: 64})
    await lab.fault({fault: 'otherPlan', on: true})
    await add('r06')
    await lab.fault({fault: 'stage', action: 'leave', host: 'r03'})

    const refused = await ringup('abandon', '--yes')

    expect(refused).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('something is staged that is not ours: leave'),
    })
    expect(lab.counters().clears).toBe(0)
  })

  it('7: says loudly what is left staged, and how to go on', async () => {
    await start({nodes: 5, ring: 64})
    await lab.fault({fault: 'otherPlan', on: true})

    const {stderr} = await add('r06')

    expect(stderr).toContain('STILL STAGED, and freezing ownership changes of the whole')
    expect(stderr.replace(/\s+/g, ' ')).toMatch(
      /ringup runs resume \d{8}-\d{6}-[0-9a-f]{4}\. Drop it with: ringup abandon/,
    )
  })

  it('8: takes success from no exit code', () => {
    const refusal = {
      stdout: 'Failed: This node is already a member of a cluster\nerror\n',
      stderr: '',
      code: 0,
    }

    expect(readJoin(refusal, 'riak@b', 'riak@a').outcome).toBe('refused')
    expect(readJoin({stdout: 'ok\n', stderr: '', code: 0}, 'riak@b', 'riak@a').outcome).toBe('unknown')
    expect(readCommit({stdout: 'ok\n', stderr: '', code: 0}).outcome).toBe('unknown')
  })

  it('9: a claimant that changed voids the plan', async () => {
    await start()
    upon('cluster join', () => lab.fault({fault: 'claimant', host: 'r02'}))

    const {code, stderr} = await add('r04')

    expect(code).toBe(4)
    expect(stderr).toContain('the claimant is')
    expect(commits()).toEqual([])
  })

  it('10: commits nothing while a member is down, as Riak itself would, and no flag skips it', async () => {
    await start()
    upon('cluster join', () => lab.fault({fault: 'kill', host: 'r03'}))

    const {code, stderr} = await add('r04')

    expect([3, 7]).toContain(code)
    expect(stderr).toMatch(/not reachable|down or unreachable/)
    expect(commits()).toEqual([])
    const help = (await ringup('add', '--help')).stdout
    expect(help).not.toMatch(/--(force|ignore|skip(?!-check))/)
    const skipping = await ringup('add', 'r05', '--yes', '--skip-check', 'member-unreachable')
    expect(skipping).toMatchObject({code: 3, stderr: expect.stringContaining('member-unreachable')})
  })

  it('11: does not let copies meet on one node, accepted or not', async () => {
    await start()

    const {code, stderr} = await ringup('leave', 'r02', '--yes', '--accept', 'replicas-on-one-node')

    expect(code).toBe(3)
    expect(stderr).toContain('replicas-on-one-node')
    expect(writes()).toEqual([])
  })

  it.each<[string, () => Promise<void>, number, RegExp]>([
    [
      'a target that would get too full',
      () => lab.fault({fault: 'diskSize', host: 'r04', size: 5e9}),
      3,
      /disk-peak: riak@\S+ has .* used and receives .*% full .* at the worst/,
    ],
    ['a source that is full already', () => lab.fault({fault: 'diskFull', host: 'r02', free: 1e9}), 0, /^/],
  ])('12: no disk above its limit: %s', async (_, fault, exit, message) => {
    await start({bytes: 6e9})
    await fault()

    const {code, stderr} = await add('r04')

    expect(code).toBe(exit)
    expect(stderr).toMatch(message)
    if (exit !== 0) expect(writes()).toEqual([])
  })

  it('12: a disk that cannot be read stops the run', async () => {
    await start()
    const text = readFileSync(lab.inventoryFile, 'utf8')
    writeFileSync(lab.inventoryFile, withRiak(text, 'r02', {dataDir: '/nonexistent/riak'}))

    const {code, stderr} = await add('r04')

    expect(code).toBe(10)
    expect(stderr).toContain('df and du of /nonexistent/riak')
    expect(writes()).toEqual([])

    // where no disk can be read the plan says so already
    writeFileSync(lab.inventoryFile, text.replace('dataDir: /var/lib/riak', 'dataDir: /nonexistent/riak'))
    expect(await add('r04')).toMatchObject({code: 3, stderr: expect.stringContaining('disk-unknown: ')})
    expect(writes()).toEqual([])
  })

  it('13: does not start Riak where data lies that is not the member’s own', async () => {
    await start()
    await lab.fault({fault: 'start', host: 'r04'})
    lab.skip(60_000)
    await lab.fault({fault: 'stop', host: 'r04'})
    lab.skip(60_000)

    const {code, stderr} = await add('r04')

    expect(code).toBe(3)
    expect(stderr).toContain('is not empty')
    expect(writes()).toEqual([])
  })

  it('14: begins no batch while one is settling', async () => {
    await start({bytes: 300e9, speed: 20, disk: {size: 9e12, other: 0}})

    expect((await ringup('add', 'r04', '--yes', '--no-wait')).code).toBe(0)
    const {code, stderr} = await add('r05')

    expect(code).toBe(3)
    expect(stderr).toContain('pending')
    expect(writes().filter(line => line.startsWith('r05'))).toEqual([])
  })

  it('15: leaves limits as they were', async () => {
    await start()

    expect((await add('r04', 'r05')).code).toBe(0)
    expect(lab.counters().limitChanges).toBe(0)
  })

  it('16: what the inventory says arrives as it is, or is refused', async () => {
    const hostile = 'rack "a"; $(touch /tmp/ringup-was-here) `id` \\\' &'
    await start({claim: {claim: 'v4'}, nodes: 4, ring: 32})
    const text = readFileSync(lab.inventoryFile, 'utf8')
    writeFileSync(
      lab.inventoryFile,
      text.replace(
        /(name: r05, .*?)(, state)/,
        (_, a: string, b: string) => `${a}, location: ${JSON.stringify(hostile)}${b}`,
      ),
    )
    await ringup('plan', '--add', 'r05', '--locations', '--out', join(home.path, 'p.json'))
    await ringup('apply', join(home.path, 'p.json'), '--yes', '--interval', '100ms')

    expect(lab.commands.some(({argv}) => argv.includes(hostile))).toBe(true)

    writeFileSync(lab.inventoryFile, withRiak(text, 'r05', {nodeName: 'riak@$(id)'}))
    expect(await ringup('status')).toMatchObject({
      code: 64,
      stderr: expect.stringContaining('is not a node name'),
    })
  })

  it('17: shows no secret: not in argv, output, journal or JSON', async () => {
    await start()
    const key = readFileSync(lab.identityFile, 'utf8').split('\n')[2]!
    const runs = [await ringup('status', '--json'), await add('r04'), await ringup('runs', 'show', '--json')]
    const check = await ringup('check', 'r05', '--json')
    expect(check).toMatchObject({code: 0, stdout: expect.stringContaining('the cookie of the members')})
    expect(check.stdout).not.toMatch(/[0-9a-f]{32}/)

    const files = readdirSync(join(state(), 'runs')).map(name =>
      readFileSync(join(state(), 'runs', name), 'utf8'),
    )
    const everything = [
      ...runs.flatMap(({stdout, stderr}) => [stdout, stderr]),
      ...files,
      // the script says the word, to hash what it stands for on the host
      ...lab.commands.filter(({argv}) => argv[2] !== factsScript).map(({line}) => line),
    ].join('\n')
    expect(key.length).toBeGreaterThan(40)
    expect(everything).not.toContain(key)
    expect(everything).not.toMatch(/cookie|BEGIN OPENSSH/i)
  })

  it('18: without a heartbeat of its lock nothing more is written', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ringup-lock-'))
    let now = 1_000_000
    try {
      const lock = await acquireLock({
        doors: [
          {
            host: 'r01',
            node: 'riak@a',
            riak: ['riak'],
            eval: true,
            dataDir: '/d',
            ask: argv => runReally(folder, argv),
          },
        ],
        record: {
          run: 'one',
          holder: 'me',
          host: 'here',
          pid: 1,
          reason: '',
          startedAt: now,
          cluster: 'practice',
        },
        isGone: () => false,
        clock: {now: () => now, sleep: async () => {}},
        onTaken: () => {},
      })

      await lock.guard()
      now += 61_000
      await expect(lock.guard()).rejects.toMatchObject({kind: 'locked', exitCode: 5})
      await lock.release()
    } finally {
      rmSync(folder, {recursive: true, force: true})
    }
  })

  it('19: stops where an answer is not understood', async () => {
    const moo = {
      host: 'r01',
      node: 'riak@a',
      riak: ['riak'],
      eval: true,
      dataDir: '/d',
      ask: async () => ({stdout: 'moo\n', stderr: '', code: 0}),
    }

    await expect(askSnapshot(moo, () => 0)).rejects.toMatchObject({kind: 'notUnderstood', exitCode: 10})
  })

  it('20: the first Ctrl-C says what goes on and detaches', async () => {
    await start({bytes: 300e9, speed: 20, disk: {size: 9e12, other: 0}})
    const program = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url))
    const child = spawn(process.execPath, [program, 'add', 'r04', '--yes', '--interval', '100ms'], {
      env: {PATH: process.env.PATH!, HOME: home.path, ...env()},
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let stderr = ''
    child.stderr.on('data', chunk => {
      stderr += chunk
    })
    upon('cluster commit', () => setTimeout(() => child.kill('SIGINT'), 1500))
    const code = await new Promise(resolve => child.on('close', resolve))

    expect(code).toBe(130)
    expect(stderr).toContain('the cluster goes on with what was committed')
    expect(stderr).toMatch(/ringup runs resume \d{8}/)
    expect(
      readdirSync(join(lab.dir, 'hosts'), {recursive: true}).filter(name => String(name).includes('.lock.')),
    ).toEqual([])
  })
})
