/** What every command prints with `--json`, and what is kept in files, held against docs/schema. */
import {readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {acquireLock} from '../../src/execute/lock.ts'
import {type Lab, startLab} from '../../src/lab/server/start-lab.ts'
import {commandIds, commandNamed, faultsOf, linesOf} from '../support/json-documents.ts'
import {labDoors} from '../support/lab-doors.ts'
import {type Home, type Ran, ringupHome} from '../support/ringup.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = join(root, 'docs/schema')

describe('docs/schema', () => {
  it('has a line in its README for each document', () => {
    const text = readFileSync(join(folder, 'README.md'), 'utf8')
    const files = readdirSync(folder).filter(name => name.endsWith('.json'))

    expect(files.filter(name => !text.includes(`](${name})`))).toEqual([])
  })

  it('is where the example of an inventory and its language server find the schema', () => {
    const example = readFileSync(join(root, 'inventory.example.yaml'), 'utf8')
    const path = /^# yaml-language-server: \$schema=(\S+)$/m.exec(example)?.[1]

    expect(path && readFileSync(join(root, path), 'utf8')).toBe(
      readFileSync(join(folder, 'inventory.schema.json'), 'utf8'),
    )
  })
})

describe('on a practice ring', () => {
  let home: Home
  let lab: Lab
  const called = new Set<string>()

  beforeAll(async () => {
    home = ringupHome()
    lab = await startLab({nodes: 5, spare: 7, ring: 32, speed: 200, seed: 5})
  })
  afterAll(async () => {
    // none runs, unless a test ended early
    await run(['lab', 'down'])
    await lab?.stop()
    home.remove()
  })

  const file = (name: string): string => join(home.path, name)
  const run = (args: readonly string[]): Promise<Ran> =>
    home.run(args, {
      env: {
        RINGUP_INVENTORY: lab.inventoryFile,
        RINGUP_STATE_DIR: file('state'),
        RINGUP_LAB_DIR: file('lab'),
      },
      timeout: 120_000,
    })

  /** Runs it with `--json`; whatever is printed is held against its schema wherever a test runs anything. */
  async function fits(line: string, code = 0): Promise<Record<string, unknown>> {
    const args = line.split(' ')
    const at = args.indexOf('--')
    const {stdout, stderr, ...ran} = await run(
      at < 0 ? [...args, '--json'] : [...args.slice(0, at), '--json', ...args.slice(at)],
    )
    expect(ran.code, stdout + stderr).toBe(code)
    const document = JSON.parse(stdout)
    expect(String(document.schema)).not.toMatch(/^ringup\/error/)
    called.add(commandNamed(args)!)
    return document
  }

  /** The same of one that fails. */
  async function fails(line: string, code: number): Promise<Record<string, unknown>> {
    const {stdout, stderr, ...ran} = await run([...line.split(' '), '--json'])
    expect(ran.code, stdout + stderr).toBe(code)
    const document = JSON.parse(stdout)
    expect(document).toMatchObject({schema: 'ringup/error/1', error: {exitCode: code}})
    return document.error
  }

  function journalFaults(journal: string): unknown[] {
    const events = linesOf(readFileSync(journal, 'utf8'))
    expect(events.length).toBeGreaterThan(20)
    return events.map(event => faultsOf('journal', event)).filter(faults => faults !== null)
  }

  const go = '--yes --interval 100ms'

  it('the commands that look', async () => {
    const {address, port} = lab.hosts[0]!
    await fits('inventory check')
    await fits('inventory show')
    await fits('inventory schema')
    await fits('status')
    await fits('check r06')
    await fits('diagnose --for 1s')
    await fits('exec r01 r02 -- echo hello')
    await fits('lock show')
    await fits('lock release --force')
    await fits(`hosts trust r01 --yes --from-file ${lab.knownHostsFile}`)
    await fits(
      `init --from ${lab.user}@${address}:${port} --identity-file ${lab.identityFile} --known-hosts ${lab.knownHostsFile} --out ${file('adopted.yaml')}`,
    )
    await fits('runs list')
  })

  it('snapshot, plan, apply, report, and the files between them', async () => {
    const snapshot = await fits(`snapshot --out ${file('ring.json')}`)
    expect(JSON.parse(readFileSync(file('ring.json'), 'utf8'))).toEqual(snapshot)

    await fits(`plan --add r06 --out ${file('plan.json')}`)
    expect(faultsOf('plan', JSON.parse(readFileSync(file('plan.json'), 'utf8')))).toBe(null)
    expect(await fits(`plan --from-snapshot ${file('ring.json')} --add r06 --order`)).toHaveProperty('order')
    await fits(`report ${file('plan.json')}`)
    expect(await fits(`apply ${file('plan.json')} --steps`)).toHaveProperty('steps')
    await fits(`approve ${file('plan.json')} --yes`)
    const {journal} = await fits(`apply ${file('plan.json')} ${go} --reason test`)

    expect(journalFaults(String(journal))).toEqual([])
    await fits(`report ${journal}`)
    await fits('runs list')
    await fits(`runs show ${journal}`)
    await fits('runs push --yes')
  })

  it('growth, and the file of a campaign', async () => {
    await fits(`grow plan --until 8 --per-day 1 --ingest 1GB --compare-serial --out ${file('campaign.json')}`)
    expect(faultsOf('grow-plan', JSON.parse(readFileSync(file('campaign.json'), 'utf8')))).toBe(null)
    expect(await fits('grow plan --until 8 --per-day 1 --solve')).toHaveProperty('solution')
    await fits(`grow status ${file('campaign.json')} --until 8`)
    expect(await fits(`grow next --until 7 --any-time ${go}`)).toMatchObject({did: 'batch'})
    expect(await fits(`grow next --until 7 --any-time ${go}`)).toMatchObject({did: 'nothing'})
    await fits(`grow status ${file('campaign.json')} --until 8`)
    await fits(`report ${file('campaign.json')}`)
  })

  it('runs that have nothing to do, go on, are dropped', async () => {
    expect(await fits(`add r06 ${go}`)).toMatchObject({message: 'nothing to do'})
    const {run: first} = await fits(`add r08 ${go} --no-wait`)
    expect(await fits(`runs resume ${first} ${go}`)).toMatchObject({outcome: 'done'})
    expect(await fits(`runs resume ${first} ${go}`)).toMatchObject({message: 'nothing to do'})
    expect(await fits(`runs close ${first} --yes --reason OPS-1`)).toMatchObject({message: 'nothing to do'})

    await lab.fault({fault: 'otherPlan', on: true})
    const {facts} = await fails(`add r09 ${go}`, 3)
    await lab.fault({fault: 'otherPlan', on: false})
    const {run: staged, journal} = facts as {readonly run: string; readonly journal: string}
    expect(journalFaults(journal)).toEqual([])
    await fits(`runs show ${staged}`)
    expect(await fits(`abandon ${staged} --yes`)).toMatchObject({outcome: 'abandoned'})
    expect(await fits(`abandon ${staged} --yes`)).toMatchObject({message: 'nothing to do'})
  })

  it('leave and replace', async () => {
    await fits(`leave r05 ${go}`)
    await fits(`replace r04 r10 ${go}`)
  })

  it('limits', async () => {
    await fits('throttle show')
    await fits('throttle set --node-limit 3 --yes')
    await fits('throttle show')
    await fits('throttle restore --yes')
    await fits('throttle auto --p99 50ms --yes --interval 100ms')
  })

  it('watch, a line a reading, and its recording', async () => {
    // so it is still moving when it is looked at
    await lab.fault({fault: 'receiverTimeout', host: 'r11', on: true})
    await fits('add r11 --yes --no-wait')
    expect(await fits('watch --once')).toHaveProperty('progress')
    await lab.fault({fault: 'receiverTimeout', host: 'r11', on: false})
    const args = `watch --json --until settled --interval 100ms --record ${file('recording.jsonl')}`
    const {stdout, code} = await run(args.split(' '))
    const shown = linesOf(stdout)
    const kept = linesOf(readFileSync(file('recording.jsonl'), 'utf8'))

    expect(code).toBe(0)
    expect(shown.length).toBeGreaterThan(2)
    expect(shown.map(line => faultsOf('watch', line)).filter(faults => faults !== null)).toEqual([])
    expect(kept).toHaveLength(shown.length + 1)
    expect(kept.map(line => faultsOf('recording', line)).filter(faults => faults !== null)).toEqual([])

    const late = await run('watch --json --until settled --interval 1s --timeout 1ms'.split(' '))
    const [line, error, ...more] = linesOf(late.stdout)
    expect(late.code).toBe(8)
    expect([faultsOf('watch', line), faultsOf('error', error), more]).toEqual([null, null, []])
  })

  it('hosts that do not answer, and a member that is down', async () => {
    await lab.fault({fault: 'unreachable', host: 'r12'})
    expect(await fits('exec r12 -- true', 6)).toHaveProperty('hosts.0.failure.class')
    await fits('check r12', 3)
    await fits('lock show')
    await lab.fault({fault: 'reachable', host: 'r12'})
    await lab.fault({fault: 'kill', host: 'r02'})
    expect(await fits('status')).toMatchObject({healthy: false})
    expect(await fits('diagnose --for 1s')).toMatchObject({verdict: 'trouble'})
    await lab.fault({fault: 'start', host: 'r02'})
  })

  it('a lock that somebody holds', async () => {
    const {door, close} = labDoors(lab)
    const lock = await acquireLock({
      doors: [door('r01')],
      record: {
        run: 'one',
        holder: 'me',
        host: 'here',
        pid: 1,
        reason: 'test',
        startedAt: Date.now(),
        cluster: 'practice',
      },
      isGone: () => false,
      clock: {now: Date.now, sleep: async () => {}},
      onTaken: () => {},
    })
    try {
      expect((await fits('lock show')).locks).toContainEqual(
        expect.objectContaining({host: 'r01', record: expect.objectContaining({reason: 'test'})}),
      )
      expect(await fails(`add r12 ${go}`, 5)).toHaveProperty('facts.lock')
      await fits('lock release --force')
    } finally {
      await lock.release()
      close()
    }
  })

  it('the practice ring itself', async () => {
    await fits('lab up --nodes 1 --spare 1 --ring 8 --port 2223')
    await fits('lab status')
    expect(await fits('lab down')).toMatchObject({stopped: expect.any(Number)})
    expect(await fits('lab down')).toMatchObject({stopped: null})
    await fails('lab status', 6)
  })

  it('failures, whatever their exit code', async () => {
    writeFileSync(file('bad.yaml'), 'version: 2\nhosts: []\n')
    expect((await fails(`inventory check -i ${file('bad.yaml')}`, 64)).facts).toMatchObject({
      problems: expect.any(Array),
    })
    await fails('status -i nowhere.yaml', 64)
    await fails('status --no-such-flag', 64)
    await fails('no such command', 64)
    expect(await fails('leave r01 r02', 64)).toMatchObject({next: expect.stringContaining('--yes')})
    expect(await fails('plan --leave r01,r02,r03,r06,r07,r08', 3)).toHaveProperty('facts.risks')
    await fails(`apply ${file('plan.json')} ${go}`, 4)
    await fails('init --from nobody@127.0.0.1:1 --out other.yaml', 6)
  })

  it('every command was called', () => {
    // lab demo takes its time: test/system/schemas.test.ts
    expect([...called, 'lab:demo'].sort()).toEqual(commandIds.toSorted())
  })

  it('refuses a document with a field that is called otherwise', async () => {
    const {healthy, ...status} = await fits('status')

    expect(faultsOf('status', {...status, healthy})).toBe(null)
    expect(faultsOf('status', {...status, wellness: healthy})).toEqual([
      expect.objectContaining({keyword: 'required', params: {missingProperty: 'healthy'}}),
      expect.objectContaining({
        keyword: 'additionalProperties',
        params: {additionalProperty: 'wellness'},
      }),
    ])
  })
})
