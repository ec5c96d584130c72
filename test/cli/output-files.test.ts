/** Files that a command is told to write: none of another kind is lost, whoever runs it, and nothing is half done. */
import {execFileSync, spawn} from 'node:child_process'
import {existsSync, lstatSync, mkdirSync, readFileSync, symlinkSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {writeLabFiles} from '../../src/lab/server/lab-files.ts'
import {refuseForeignFolder} from '../../src/lab/server/lab-folder.ts'
import {planText} from '../../src/plan/plan.ts'
import {junitText} from '../../src/report/hosts/junit.ts'
import {refuseOther, writeWhole} from '../../src/state/write-whole.ts'
import {offlinePlan} from '../support/offline-plan.ts'
import {reportedCampaign, reportedEvents, reportedPlan} from '../support/reported.ts'
import {type Home, ringupHome} from '../support/ringup.ts'

let home: Home
beforeEach(() => {
  home = ringupHome()
})
afterEach(() => home.remove())

const at = (name: string): string => join(home.path, name)
const text = (name: string): string => readFileSync(at(name), 'utf8')

describe('a file that is there', () => {
  it('is overwritten by a command only where it is empty or of the same kind', async () => {
    const plan = offlinePlan(home.path)
    const inventory = text('letters.yaml')

    const over = await home.run([...plan, '--out', 'letters.yaml'])
    expect(over).toMatchObject({code: 64, stdout: ''})
    expect(over.stderr).toContain('letters.yaml cannot be written: it exists and is no plan of ringup')
    expect(await home.run([...plan, '--out', 'letters.json'])).toMatchObject({code: 64})
    expect(text('letters.yaml')).toBe(inventory)

    writeFileSync(at('grow.json'), '')
    for (let times = 0; times < 2; times += 1)
      expect(await home.run([...plan, '--out', 'grow.json'])).toMatchObject({code: 0})
    const report = (format: string, out: string) =>
      home.run(['report', 'grow.json', '--format', format, '--out', out])
    for (const format of ['text', 'markdown', 'html', 'svg', 'json'])
      for (let times = 0; times < 2; times += 1)
        expect((await report(format, `report.${format}`)).code, format).toBe(0)
    for (const [format, out] of [
      ['markdown', 'letters.yaml'],
      ['html', 'grow.json'],
      ['json', 'report.html'],
    ] as const)
      expect((await report(format, out)).code, `${format} over ${out}`).toBe(64)
    expect(text('letters.yaml')).toBe(inventory)
  })

  it('is not what a hint tells to overwrite', async () => {
    offlinePlan(home.path)

    for (const args of [
      ['apply', 'letters.yaml', '-i', 'letters.yaml', '--yes'],
      ['plan', '-i', 'letters.yaml', '--add', 'e', '--from-snapshot', 'letters.yaml'],
      ['grow', 'status', 'letters.yaml', '-i', 'letters.yaml'],
    ]) {
      const {code, stderr} = await home.run(args)
      expect(code, args.join(' ')).toBe(64)
      expect(stderr).not.toContain('--out letters.yaml')
    }
  })

  it('of each kind is told by what ringup itself writes', () => {
    const [started] = reportedEvents()
    expect(started).toBeDefined()
    const kinds = {
      plan: planText(reportedPlan()),
      campaign: JSON.stringify(reportedCampaign(), null, 1),
      snapshot: '{\n "schema": "ringup/snapshot/1",',
      'JUnit file': junitText('c', [], 1),
      'diagnosis bundle': '{"ringup": "ringup/diagnosis-bundle/1"}',
    } as const
    for (const [kind, first] of Object.entries(kinds) as [keyof typeof kinds, string][]) {
      writeFileSync(at('out'), first)
      for (const other of Object.keys(kinds) as (keyof typeof kinds)[])
        if (other === kind) expect(refuseOther(at('out'), other)).toBe('file')
        else
          expect(() => refuseOther(at('out'), other), `${other} over ${kind}`).toThrow('it exists and is no')
    }
    for (const foreign of [
      '# notes\n',
      'version: 1\nhosts: []\n',
      '{}',
      '\0\0',
      '<!doctype html><title>mine</title>',
    ])
      for (const kind of [...Object.keys(kinds), 'report', 'run report'])
        expect(() => {
          writeFileSync(at('out'), foreign)
          writeWhole(at('out'), 'x', kind as 'plan')
        }, `${kind} over ${foreign}`).toThrow('overwrites nothing else')
  })
})

describe('what is no regular file', () => {
  it('is written to and stays what it is: a pipe, a device, the own output', async () => {
    execFileSync('mkfifo', [at('pipe')])
    const plan = offlinePlan(home.path)
    expect((await home.run([...plan, '--out', 'pipe'])).stderr).toContain('pipe cannot be written: ENXIO')

    const reader = spawn('cat', [at('pipe')], {stdio: ['ignore', 'pipe', 'ignore']})
    let read = ''
    reader.stdout.on('data', chunk => {
      read += chunk
    })
    const ended = new Promise(resolve => reader.once('close', resolve))
    for (let tries = 0; tries < 50; tries += 1) {
      const {code} = await home.run([...plan, '--out', 'pipe'])
      if (code === 0) break
    }
    await ended
    expect(JSON.parse(read)).toMatchObject({schema: 'ringup/plan/1'})
    expect(lstatSync(at('pipe')).isFIFO()).toBe(true)

    writeWhole('/dev/null', 'x', 'plan')
    expect(lstatSync('/dev/null').isCharacterDevice()).toBe(true)
    symlinkSync('/dev/null', at('sink'))
    writeWhole(at('sink'), 'x', 'plan')
    expect(lstatSync(at('sink')).isSymbolicLink()).toBe(true)

    const before = lstatSync('/dev/stdout').ino
    const {code, stdout} = await home.spawn([...plan, '--out', '/dev/stdout', '--format', 'markdown'])
    expect(code).toBe(0)
    expect(stdout).toContain('"schema": "ringup/plan/1"')
    expect(lstatSync('/dev/stdout').ino).toBe(before)
  })

  it.skipIf(process.getuid?.() !== 0)('is not replaced by root either', () => {
    execFileSync('mknod', [at('null'), 'c', '1', '3'])
    writeWhole(at('null'), 'x', 'snapshot')
    expect(lstatSync(at('null')).isCharacterDevice()).toBe(true)
  })
})

describe('an id that nothing has', () => {
  it.each([
    ['--skip-check', 'mebers', 'there is no check mebers'],
    ['--skip-check', 'disc', 'did you mean disk?'],
    ['--accept', 'disk-peek', 'did you mean disk-peak?'],
    ['--accept', 'bogus', 'there is no risk bogus'],
  ])('%s %s is refused before anything is read or written', async (flag, id, says) => {
    const plan = offlinePlan(home.path)

    const ran = await home.run([...plan, flag, id, '--out', 'grow.json'])

    expect(ran).toMatchObject({code: 64, stdout: ''})
    expect(ran.stderr).toContain(says)
    expect(existsSync(at('grow.json'))).toBe(false)
  })
})

describe("a folder for a practice cluster's files", () => {
  const lab = () =>
    writeLabFiles(at('lab'), {
      user: 'u',
      clientKey: {privateKey: 'k', publicKey: 'p'},
      hosts: [],
    })

  it('is one that is not there, is empty, or is one of its own', () => {
    expect(() => refuseForeignFolder(at('none'))).not.toThrow()
    mkdirSync(at('lab'))
    writeFileSync(at('lab/lab.log'), '')
    expect(() => refuseForeignFolder(at('lab'))).not.toThrow()
    lab()
    expect(() => refuseForeignFolder(at('lab'))).not.toThrow()
  })

  it('with files of a person is refused, and they stay', async () => {
    mkdirSync(at('own'))
    writeFileSync(at('own/id_ed25519'), 'my key')
    writeFileSync(at('own/inventory.yaml'), 'version: 1\n')

    const {code, stderr} = await home.run(['lab', 'up', '--dir', 'own', '--nodes', '1', '--spare', '0'])

    expect(code).toBe(64)
    expect(stderr).toContain('has files in it that no practice cluster has made')
    expect(text('own/id_ed25519')).toBe('my key')
    expect(text('own/inventory.yaml')).toBe('version: 1\n')
    expect(existsSync(at('own/lab.log'))).toBe(false)
  })
})
