/** A plan that somebody has edited: by hand its digest does not fit; with a digest made anew, other things stop it. */
import {readFileSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {type Lab, startLab} from '../../src/lab/server/start-lab.ts'
import {digestOf} from '../../src/plan/canonical.ts'
import {type Plan, planText} from '../../src/plan/plan.ts'
import {outcome, plans, refusedOfRandom, refusedOfStrange} from '../support/edited-plans.ts'
import {type Home, ringupHome} from '../support/ringup.ts'

describe('a plan edited by hand', () => {
  // all values to all fields: test/system/edited-plan.test.ts
  it('is refused, whichever of its fields was given a value of another kind', () => {
    expect(refusedOfStrange(4)).toBeGreaterThan(1250)
  })

  it('is refused after each of 200 small edits', () => {
    expect(refusedOfRandom(200)).toBeGreaterThan(160)
  })

  it('is refused when a number is one that JSON can write and JavaScript cannot hold', () => {
    const [plan] = plans()
    const text = planText(plan!)
    const nulls = [...text.matchAll(/: null/g)]
    expect(nulls.length).toBeGreaterThan(0)
    for (const {index} of nulls)
      expect(outcome(`${text.slice(0, index)}: 1e999${text.slice(index + 6)}`, plan!)).toBe('refused')
  })

  it('is the same plan with its keys in another order and other white space', () => {
    const [plan] = plans()
    const turned = Object.fromEntries(Object.entries(plan!).reverse())

    expect(outcome(JSON.stringify(turned), plan!)).toBe('the same')
  })
})

describe('a plan whose digest was made anew', () => {
  let home: Home
  let lab: Lab
  const file = (): string => join(home.path, 'plan.json')
  const ringup = (...args: string[]) => home.run(args, {env: {RINGUP_INVENTORY: lab.inventoryFile}})
  const writes = () =>
    lab.commands.filter(({kind}) => kind === 'write').map(({argv}) => argv.slice(3).join(' '))

  beforeEach(async () => {
    home = ringupHome()
    lab = await startLab({nodes: 4, spare: 2, ring: 32, speed: 300, seed: 5})
    expect(await ringup('plan', '--add', 'r05', '--out', file())).toMatchObject({code: 0})
  })
  afterEach(async () => {
    await lab.stop()
    home.remove()
  })

  /** What the reviewer approved. */
  const forge = (change: (plan: Plan) => Plan): string => {
    const plan = JSON.parse(readFileSync(file(), 'utf8')) as Plan
    const {digest: approved, ...content} = change(plan)
    writeFileSync(file(), JSON.stringify({...content, digest: digestOf(content)}))
    return plan.digest === approved ? approved : ''
  }

  it('is refused by --expect with the digest that was approved', async () => {
    const approved = forge(plan => ({...plan, diskPeak: 0.99}))

    const {code, stderr} = await ringup('apply', file(), '--yes', '--expect', approved)

    expect(code).toBe(4)
    expect(stderr).toContain(`expected was ${approved}`)
    expect(writes()).toEqual([])
  })

  it('is refused when it accepts a risk that it does not show', async () => {
    const approved = forge(plan => ({...plan, accepted: ['disk-peak', 'disk-unknown'], risks: []}))
    const text = readFileSync(lab.inventoryFile, 'utf8')
    writeFileSync(lab.inventoryFile, `${text}limits: {diskPeak: 5%}\n`)
    expect(approved).not.toBe('')

    const {code, stderr} = await ringup('apply', file(), '--yes')

    expect(code).toBe(64)
    expect(stderr).toContain('accepts disk-peak, but has no risk of that name')
    expect((await ringup('report', file())).code).toBe(64)
    expect(writes()).toEqual([])
  })

  it('is refused when it leaves out a risk: what blocks is found again on the ring that is', async () => {
    for (const {name} of lab.hosts) await lab.fault({fault: 'version', host: name, version: '9.9.9'})
    expect(await ringup('plan', '--add', 'r05', '--out', file())).toMatchObject({code: 3})
    forge(plan => ({...plan, risks: []}))

    const {code, stderr} = await ringup('apply', file(), '--yes', '--skip-check', 'version')

    expect(code).toBe(3)
    expect(stderr).toContain('the plan is blocked as the cluster is now: version-unknown: Riak 9.9.9')
    expect(writes()).toEqual([])
  })

  it('is refused when its base that is there', async () => {
    forge(plan => {
      const [first, second, ...rest] = plan.base.owners as [string, string, ...string[]]
      const {digest: _, ...base} = {...plan.base, owners: [second, first, ...rest]}
      return {...plan, base: {digest: digestOf(base), ...base}}
    })

    const {code} = await ringup('apply', file(), '--yes')

    expect(code).toBe(4)
    expect(writes()).toEqual([])
  })

  it('is refused when it is for a host that the inventory does not have', async () => {
    const node = lab.hosts.at(-2)!.node
    forge(plan => {
      const other = JSON.parse(JSON.stringify(plan).replaceAll(node, 'riak@127.99.99.99')) as Plan
      const {digest: _, ...base} = other.base
      return {...other, base: {digest: digestOf(base), ...base}}
    })

    const {code, stderr} = await ringup('apply', file(), '--yes')

    expect(code).not.toBe(0)
    expect(code).not.toBe(1)
    expect(stderr).toContain('riak@127.99.99.99')
    expect(writes()).toEqual([])
  })

  it('is not committed when Riak plans otherwise: staged, compared, refused', async () => {
    forge(plan => {
      const [transition] = plan.transitions
      const [moved, ...others] = transition!.transfers
      const owners = transition!.owners.map((owner, at) => (at === moved!.partition ? moved!.from : owner))
      return {...plan, transitions: [{...transition!, owners, transfers: others}]}
    })

    const {code, stderr} = await ringup('apply', file(), '--yes')

    expect(code).toBe(3)
    expect(stderr).toContain("Riak's plan is not ours, so nothing was committed")
    expect(writes().some(line => line.includes('plan'))).toBe(true)
    expect(writes().some(line => line.includes('commit'))).toBe(false)
  })

  it('in the journal of a run is not gone on with', async () => {
    await ringup('add', 'r05', '--yes', '--no-wait')
    const {stdout} = await ringup('runs', 'list', '--json')
    const [{run}] = (JSON.parse(stdout) as {runs: [{run: string}]}).runs
    const journal = join(home.path, '.local/state/ringup/runs', `${run}.jsonl`)
    writeFileSync(journal, readFileSync(journal, 'utf8').replace('"accepted":[]', '"accepted":["disk-peak"]'))
    const before = writes().length
    // hosts would know better
    for (const {name} of lab.hosts) rmSync(join(lab.dir, 'hosts', name), {recursive: true, force: true})

    const {code, stderr} = await ringup('runs', 'resume', run, '--yes')

    expect(code).toBe(64)
    expect(stderr).toContain('its digest does not fit')
    expect(writes()).toHaveLength(before)
  })
})
