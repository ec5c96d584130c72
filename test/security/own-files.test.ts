/** Files that ringup writes: for their owner alone, whatever the umask, and never through a link that somebody planted. */
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {type Lab, startLab} from '../../src/lab/server/start-lab.ts'
import {createJournal} from '../../src/state/store.ts'
import {saveThrottle} from '../../src/state/throttle.ts'
import {writeWhole} from '../../src/state/write-whole.ts'
import {type Home, ringupHome} from '../support/ringup.ts'

let home: Home

beforeEach(() => {
  home = ringupHome()
})
afterEach(() => home.remove())

const at = (...names: string[]): string => join(home.path, ...names)
const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8)
const under = (folder: string): string[] =>
  readdirSync(folder, {recursive: true, withFileTypes: true}).map(entry => join(entry.parentPath, entry.name))

describe('a growth under umask 0', () => {
  let lab: Lab
  let umask: number

  beforeEach(async () => {
    lab = await startLab({nodes: 4, spare: 1, ring: 32, speed: 300, seed: 5})
    umask = process.umask(0)
  })
  afterEach(async () => {
    process.umask(umask)
    await lab.stop()
  })

  it('leaves files of mode 600 and folders of mode 700, also where a file of another mode was', async () => {
    const ringup = (...args: string[]) =>
      home.run(args, {env: {RINGUP_INVENTORY: lab.inventoryFile, TMPDIR: at('tmp')}})
    mkdirSync(at('tmp'))
    mkdirSync(at('out'))
    const out = (name: string): string => at('out', name)
    for (const [name, older] of [
      ['plan.json', '{"schema":"ringup/plan/1"}'],
      ['check.xml', ''],
      ['campaign.json', '{"schema":"ringup/campaign/1"}'],
      ['ring.json', '{"schema":"ringup/snapshot/1"}'],
    ] as const) {
      writeFileSync(out(name), older)
      chmodSync(out(name), 0o666)
    }

    for (const args of [
      ['plan', '--add', 'r05', '--out', out('plan.json')],
      ['check', 'r05', '--junit', out('check.xml')],
      ['grow', 'plan', '--until', '5', '--out', out('campaign.json')],
      ['snapshot', '--out', out('ring.json')],
      ['apply', out('plan.json'), '--yes', '--no-wait'],
      ['throttle', 'set', '--node-limit', '3', '--yes'],
      ['diagnose', '--for', '1s', '--bundle', out('bundle.json')],
      ['watch', '--once', '--record', out('rec.jsonl')],
      ['report', out('plan.json'), '--format', 'html', '--out', out('plan.html')],
      ['report', '--format', 'text', '--out', out('run.txt')],
      [
        'init',
        '--from',
        `${lab.user}@${lab.hosts[0]!.address}:${lab.hosts[0]!.port}`,
        '--identity-file',
        lab.identityFile,
        '--known-hosts',
        lab.knownHostsFile,
        '--out',
        out('inventory.yaml'),
      ],
    ]) {
      const {code, stderr} = await ringup(...args)
      expect([0, 9].includes(code!), `${args.join(' ')}: ${code} ${stderr}`).toBe(true)
    }

    const files = [...under(at('out')), ...under(at('.local', 'state', 'ringup'))]
    const names = files.map(file => file.slice(home.path.length + 1))
    for (const kind of [
      /plan\.json$/,
      /check\.xml$/,
      /campaign\.json$/,
      /ring\.json$/,
      /bundle\.json$/,
      /rec\.jsonl$/,
      /plan\.html$/,
      /run\.txt$/,
      /inventory\.yaml$/,
      /runs\/[^/]+\.jsonl$/,
      /throttle\/riak%40[\d.]+%2F[\d.]+\.json$/,
      /throttle\/riak%40[\d.]+%2F[\d.]+\.log\.jsonl$/,
    ])
      expect(
        names.some(name => kind.test(name)),
        `${kind} of ${names.join(' ')}`,
      ).toBe(true)
    for (const file of files)
      expect(`${mode(file)} ${file}`).toBe(`${statSync(file).isDirectory() ? '700' : '600'} ${file}`)
    for (const folder of [at('.local'), at('.local', 'state'), at('.local', 'state', 'ringup')])
      expect(mode(folder)).toBe('700')
    expect(files.filter(file => file.endsWith('.partial'))).toEqual([])
    for (const left of under(at('tmp'))) expect(mode(left)).toMatch(/^[67]00$/)
  })
})

describe('a link that somebody planted', () => {
  it('at the file to be written is neither followed nor replaced, whatever it leads to', () => {
    writeFileSync(at('victim'), 'untouched')
    for (const [name, target] of [
      ['plan.json', 'victim'],
      ['dangling.json', 'nowhere'],
    ] as const) {
      symlinkSync(at(target), at(name))

      expect(() => writeWhole(at(name), 'new', 'plan')).toThrow('it is a symbolic link')
      expect(lstatSync(at(name)).isSymbolicLink()).toBe(true)
    }
    expect(readFileSync(at('victim'), 'utf8')).toBe('untouched')
    expect(existsSync(at('nowhere'))).toBe(false)
  })

  it('at the name that a partial file had, or a journal or a recording is to have, is not followed', async () => {
    writeFileSync(at('victim'), 'untouched')
    mkdirSync(at('runs'))
    mkdirSync(at('throttle'))
    for (const name of [
      `plan.json.${process.pid}.partial`,
      `throttle/c.json.${process.pid}.partial`,
      'runs/r1.jsonl',
      'rec.jsonl',
    ])
      symlinkSync(at('victim'), at(name))

    writeWhole(at('plan.json'), 'new', 'plan')
    saveThrottle(home.path, {
      v: 1,
      cluster: 'c',
      command: 'throttle set',
      host: 'h',
      pid: 1,
      since: 1,
      originals: [],
    })
    expect(() => createJournal(home.path, 'r1', Date.now)).toThrow('EEXIST')

    expect(readFileSync(at('victim'), 'utf8')).toBe('untouched')
  })
})

describe('a state folder', () => {
  const list = (folder: string) => home.run(['runs', 'list'], {env: {RINGUP_STATE_DIR: folder}})

  it.each(['', 'runs', 'throttle'])('that everybody may write in is refused (%s)', async part => {
    mkdirSync(at('state', part), {recursive: true})
    chmodSync(at('state', part), 0o777)

    expect(await list(at('state'))).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/everybody may write in [\s\S]*chmod o-w/),
    })
  })

  it.skipIf(process.getuid?.() !== 0)('of another user is refused', async () => {
    mkdirSync(at('state'))
    chownSync(at('state'), 12_345, 12_345)

    expect(await list(at('state'))).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('belongs to another user (uid 12345)'),
    })
  })

  it('of our own is taken, as is one that is not there yet', async () => {
    mkdirSync(at('state'), {mode: 0o750})

    expect(await list(at('state'))).toMatchObject({code: 0})
    expect(await list(at('nowhere'))).toMatchObject({code: 0})
  })
})
