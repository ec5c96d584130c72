/** The whole path as an operator walks it: the built CLI as a process, over SSH, on a practice ring. */
import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {type LabOptions, startLab} from '../../src/lab/server/start-lab.ts'
import {finalOwners, type Plan} from '../../src/plan/plan.ts'
import {eachTestItsOwn, home, lab, startRing, writes} from '../support/each-test.ts'
import type {RunOptions} from '../support/ringup.ts'

eachTestItsOwn()

const start = (options: LabOptions = {}) =>
  startRing({nodes: 3, spare: 2, ring: 16, speed: 200, seed: 5, ...options})

const ringup = (args: string[], options: RunOptions = {}) =>
  home.run(args, {...options, env: {RINGUP_INVENTORY: lab.inventoryFile, ...options.env}})
const file = (name: string): string => join(home.path, name)
const owners = () => lab.node('r01').cluster.ring.owners
/** everything but the time and what only looking changes */
const state = () =>
  JSON.stringify(
    [...lab.world().nodes.values()].map(({name, state, cluster}) => [
      name,
      state,
      cluster.ring,
      lab.counters(),
    ]),
  )
const inventoryWith = (name: string, change: (text: string) => string): string => {
  const path = file(name)
  writeFileSync(path, change(readFileSync(lab.inventoryFile, 'utf8')))
  return path
}

describe('commands that only read', () => {
  it('leave the ring as it was, and send no command that could change it', async () => {
    await start()
    const before = state()

    const runs = [
      await ringup(['status']),
      await ringup(['plan', '--add', 'r04,r05']),
      await ringup(['watch', '--once']),
      await ringup(['snapshot']),
      await ringup(['plan', '--leave', 'r02', '--json']),
    ]

    // two nodes cannot keep three copies apart: that plan is shown, and blocked
    expect(runs.map(({code}) => code)).toEqual([0, 0, 0, 0, 3])
    expect(state()).toBe(before)
    expect(writes()).toEqual([])
    expect(lab.commands.length).toBeGreaterThan(0)
  })

  it('give the same plan as the same bytes', async () => {
    await start()

    const [one, two] = [
      await ringup(['plan', '--add', 'r04,r05', '--json']),
      await ringup(['plan', '--add', 'r05,r04', '--json']),
    ]

    expect(one.stdout).toBe(two.stdout)
    const plan = JSON.parse(one.stdout) as Plan
    expect(plan).toMatchObject({
      schema: 'ringup/plan/1',
      cluster: 'practice',
      fidelity: 'exact',
      ring: {partitions: 16},
    })
    expect(plan.base.owners).toEqual(owners())
  })

  it('plan on a file as on the cluster', async () => {
    await start()
    await ringup(['snapshot', '--out', file('ring.json')])
    const asked = lab.commands.length

    const offline = await ringup(['plan', '--from-snapshot', file('ring.json'), '--add', 'r04,r05', '--json'])

    expect(lab.commands.length).toBe(asked)
    expect(offline.stdout).toBe((await ringup(['plan', '--add', 'r04,r05', '--json'])).stdout)
  })

  it('tell with --detailed-exitcode whether there are changes', async () => {
    await start()

    expect((await ringup(['plan', '--add', 'r04', '--detailed-exitcode'])).code).toBe(2)
    expect((await ringup(['plan', '--add', 'r01', '--detailed-exitcode'])).code).toBe(0)
    expect((await ringup(['plan', '--add', 'r01'])).stderr).toContain('r01 is a member already')
  })

  it('print JSON lines while watching, each a document', async () => {
    await start()

    const {stdout, code} = await ringup(['watch', '--json', '--until', 'settled', '--interval', '100ms'])

    expect(code).toBe(0)
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line) as {schema: string; healthy: boolean})
    expect(lines).toHaveLength(3)
    expect(lines.every(({schema, healthy}) => schema === 'ringup/status/1' && healthy)).toBe(true)
  })
})

describe('apply', () => {
  it('carries out exactly the plan, each write once, and keeps a journal of it', async () => {
    await start()
    await ringup(['plan', '--add', 'r04,r05', '--out', file('grow.json')])
    const plan = JSON.parse(readFileSync(file('grow.json'), 'utf8')) as Plan

    const {code, stdout} = await ringup([
      'apply',
      file('grow.json'),
      '--yes',
      '--interval',
      '200ms',
      '--json',
    ])

    expect(code).toBe(0)
    const report = JSON.parse(stdout)
    expect(report).toMatchObject({
      schema: 'ringup/run/1',
      outcome: 'done',
      digest: plan.digest,
      moved: plan.analysis.moves.planned,
    })
    expect(owners()).toEqual(finalOwners(plan))
    const claimant = plan.base.claimant
    expect(writes()).toEqual([
      'r04 riak daemon',
      'r05 riak daemon',
      `r04 riak admin cluster join ${claimant}`,
      `r05 riak admin cluster join ${claimant}`,
      'r01 riak admin cluster plan',
      'r01 riak admin cluster commit',
    ])
    const journal = readFileSync(report.journal, 'utf8')
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line) as {type: string})
    expect(journal[0]).toMatchObject({type: 'run-started', plan: {digest: plan.digest}})
    expect(journal.at(-1)).toMatchObject({type: 'run-finished', outcome: 'done'})
  })

  it('does nothing when it is done already', async () => {
    await start()
    expect((await ringup(['add', 'r04', '--yes', '--interval', '200ms'])).code).toBe(0)
    const before = writes().length

    const again = await ringup(['add', 'r04', '--yes'])

    expect(again).toMatchObject({code: 0, stdout: 'nothing to do\n'})
    expect(again.stderr).toContain('r04 is a member already')
    expect(writes()).toHaveLength(before)
  })

  it('refuses a ring that changed since the plan, and says what is different', async () => {
    await start()
    await ringup(['plan', '--add', 'r04', '--out', file('grow.json')])
    expect((await ringup(['add', 'r05', '--yes', '--interval', '200ms'])).code).toBe(0)
    const before = writes().length

    const {code, stderr} = await ringup(['apply', file('grow.json'), '--yes'])

    expect(code).toBe(4)
    expect(stderr).toContain(`${lab.hosts[4]!.node} has appeared (valid)`)
    expect(stderr).toContain('make the plan again')
    expect(writes()).toHaveLength(before)
  })

  it('refuses to commit when Riak plans something else, and says what is left staged', async () => {
    await start({nodes: 5, ring: 64})
    await lab.fault({fault: 'otherPlan', on: true})

    const {code, stderr} = await ringup(['add', 'r06', 'r07', '--yes'])

    expect(code).toBe(3)
    expect(stderr).toContain("Riak's plan is not ours, so nothing was committed")
    expect(stderr).toContain('STILL STAGED')
    expect(writes().filter(line => line.includes('commit'))).toEqual([])
  })

  it.each([
    [
      'somebody else has staged something',
      () => lab.fault({fault: 'stage', action: 'leave', host: 'r03'}),
      3,
      'staged',
    ],
    ['a member is down', () => lab.fault({fault: 'kill', host: 'r03'}), 3, 'member-unreachable'],
  ])('stages nothing while %s', async (_, fault, exit, message) => {
    await start()
    await fault()

    const {code, stderr} = await ringup(['add', 'r04', '--yes'])

    expect(stderr).toContain(message)
    expect(code).toBe(exit)
    expect(writes()).toEqual([])
  })

  it('does not start Riak where data lies already', async () => {
    await start()
    await lab.fault({fault: 'start', host: 'r04'})
    lab.skip(60_000)
    await lab.fault({fault: 'stage', action: 'join', host: 'r04'})
    lab.skip(60_000)
    await lab.fault({fault: 'foreign', action: 'clear'})
    lab.skip(60_000)

    const {code, stderr} = await ringup(['add', 'r04', '--yes'])

    expect(stderr).toContain('is not empty')
    expect(code).toBe(3)
    expect(writes()).toEqual([])
  })

  it('refuses a plan that was edited, and one with another digest than approved', async () => {
    await start()
    await ringup(['plan', '--add', 'r04', '--out', file('grow.json')])
    const text = readFileSync(file('grow.json'), 'utf8')

    const other = await ringup(['apply', file('grow.json'), '--yes', '--expect', 'sha256:0'])
    writeFileSync(file('grow.json'), text.replace('"fidelity": "exact"', '"fidelity": "simulated"'))
    const edited = await ringup(['apply', file('grow.json'), '--yes'])

    expect([other.code, edited.code]).toEqual([4, 64])
    expect(edited.stderr).toContain('was changed after it was made')
    expect(writes()).toEqual([])
  })

  it('asks nobody in a pipe', async () => {
    await start()
    await ringup(['plan', '--add', 'r04', '--out', file('grow.json')])

    const {code, stderr} = await ringup(['apply', file('grow.json')])

    expect(code).toBe(64)
    expect(stderr).toContain('--yes')
    expect(writes()).toEqual([])
  })
})

describe('hosts that cannot be talked to', () => {
  it('are named, with exit 6 and what to do', async () => {
    await start()
    const other = await startLab({nodes: 1, spare: 0, ring: 16, speed: 200})
    try {
      const nothingKnown = inventoryWith('a.yaml', text =>
        text.replace(/knownHostsFile: .*/, `knownHostsFile: ${file('none')}`),
      )
      const otherKey = inventoryWith('b.yaml', text =>
        text.replace(/identityFile: .*/, `identityFile: ${other.identityFile}`),
      )
      const unknown = await ringup(['status', '-i', nothingKnown])
      const wrongKey = await ringup(['status', '-i', otherKey])
      for (const host of ['r01', 'r02', 'r03']) await lab.fault({fault: 'hostKey', host})
      const changed = await ringup(['status'])

      expect([unknown.code, wrongKey.code, changed.code]).toEqual([6, 6, 6])
      expect(unknown.stderr).toContain('its host key is not known: ssh-ed25519 SHA256:')
      expect(unknown.stderr).toContain('ringup hosts trust')
      expect(wrongKey.stderr).toContain('is not let in')
      expect(changed.stderr).toContain('its host key has CHANGED')
    } finally {
      await other.stop()
    }
  })

  it('do not keep the others from being asked', async () => {
    await start()
    await lab.fault({fault: 'unreachable', host: 'r01', riak: false})

    const {code, stdout, stderr} = await ringup(['status', '--json'])

    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({healthy: true, askedNode: lab.hosts[1]!.node})
    expect(stderr).toContain('r01 could not be asked')
  })

  it('are told from hosts whose Riak is stopped', async () => {
    await start()
    await lab.fault({fault: 'stop', host: 'r02'})
    lab.skip(60_000)
    const one = await ringup(['status', '--json'])
    for (const host of ['r01', 'r03']) await lab.fault({fault: 'stop', host})
    lab.skip(60_000)
    const all = await ringup(['status'])

    expect(JSON.parse(one.stdout)).toMatchObject({healthy: false, problems: [{id: 'member-unreachable'}]})
    expect(all.code).toBe(6)
    expect(all.stderr).toContain('Riak does not answer there')
  })
})

describe('a run that is interrupted', () => {
  it('says what goes on, and leaves the cluster to it', async () => {
    await start({bytes: 300e9, speed: 50, disk: {size: 2e12, other: 0}})

    const {code, stderr} = await ringup([
      'add',
      'r04',
      '--yes',
      '--interval',
      '200ms',
      '--wait-timeout',
      '1s',
    ])

    expect(code).toBe(8)
    expect(stderr).toContain('the cluster goes on by itself')
    expect(lab.node('r01').cluster.ring.pending.length).toBeGreaterThan(0)
    const status = await ringup(['status', '--json'])
    expect(JSON.parse(status.stdout)).toMatchObject({converging: true, progress: {transitions: 1}})
  })
})
