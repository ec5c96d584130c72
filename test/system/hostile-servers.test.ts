/**
 * Ten thousand hostile strings through every place where what an inventory says reaches a remote shell: each is
 * refused by the schema, or arrives on a real host as it was; none is executed.
 */
import {existsSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {lockArgv} from '../../src/execute/lock-script.ts'
import type {Host, Inventory} from '../../src/inventory/inventory.ts'
import {loadInventory} from '../../src/inventory/load.ts'
import type {Door} from '../../src/riak/door.ts'
import {factsArgv} from '../../src/riak/host/host-facts.ts'
import {storageArgv} from '../../src/riak/host/storage.ts'
import {writeCommands} from '../../src/riak/mutation.ts'
import {readCommands} from '../../src/riak/query.ts'
import {openPool, type Pool} from '../../src/ssh/pool.ts'
import {quoteArgv} from '../../src/ssh/quote.ts'
import {limitedLine} from '../../src/ssh/remote-limit.ts'
import type {Target} from '../../src/ssh/target.ts'
import {randomFrom} from '../support/random.ts'
import {type SshdFolder, sshdFolder, sshdMissing, sshdTarget} from '../support/sshd.ts'

const count = 10_000

/** Says what it was called with, and does nothing. */
const teller = `tell() { printf '%s\\0' "$#" "$@"; }`

/** Pieces that shells, `sudo`, `ssh`, Erlang and terminals take for more than text, and a command that would show it. */
const pieces = (canary: string): string[] => {
  const touch = `touch ${canary}`
  const parts = [`$(${touch})`, `\`${touch}\``, `;${touch};`, `|${touch}|`, `&&${touch}&&`, `\n${touch}\n`]
  const broken = [
    `';${touch};'`,
    `";${touch};"`,
    `\\';${touch};\\'`,
    `'\\''`,
    `$((1+1))`,
    `\${IFS}`,
    `<(${touch})`,
  ]
  const options = ['-oProxyCommand=touch', '--', '-rf', '--help', '-i', `>${canary}`, '<', '2>&1']
  const erlang = [`"). os:cmd("${touch}"). %`, `'. halt(). %`, '~p', '{', '}.']
  const shapes = [
    '*',
    '?',
    '[a-z]',
    '{a,b}',
    '~',
    '~root',
    '!!',
    '#',
    '%self',
    '^x',
    '=ls',
    '\\',
    "'",
    '"',
    ' ',
    '\t',
  ]
  const bytes = [
    '\r',
    '\x1b[2J',
    '\x07',
    '\x7f',
    '\u202e',
    '\u2028',
    '\ufeff',
    'é',
    '𝄞',
    '\ud800',
    '\0',
    '日本',
  ]
  const plain = [
    'rack-a',
    'riak',
    '10.0.0.1',
    'a',
    '@',
    ':',
    '/',
    '..',
    '../..',
    '/etc/passwd',
    'r[01-03]',
    'riak@a',
    '',
  ]
  return [...parts, ...broken, ...options, ...erlang, ...shapes, ...bytes, ...plain]
}

function hostile(canary: string): string[] {
  const random = randomFrom(2026)
  const from = pieces(canary)
  const strings = new Set(from)
  while (strings.size < count)
    strings.add(Array.from({length: 1 + random.below(4)}, () => from[random.below(from.length)]!).join(''))
  return [...strings]
}

/** One inventory with the string in one place; what is said of it, or the host as it was read. */
const places: Readonly<Record<string, (text: string) => object>> = {
  name: text => ({hosts: [{name: text, address: '10.0.0.1'}]}),
  address: text => ({hosts: [{name: 'a', address: text}]}),
  location: text => ({hosts: [{name: 'a', address: '10.0.0.1', location: text}]}),
  nodeName: text => ({riak: {nodeName: text}, hosts: [{name: 'a', address: '10.0.0.1'}]}),
  nodeHost: text => ({riak: {nodeName: `riak@${text}`}, hosts: [{name: 'a', address: '10.0.0.1'}]}),
  command: text => ({riak: {command: text}, hosts: [{name: 'a', address: '10.0.0.1'}]}),
  dataDir: text => ({riak: {dataDir: `/${text}`}, hosts: [{name: 'a', address: '10.0.0.1'}]}),
  user: text => ({ssh: {user: text}, hosts: [{name: 'a', address: '10.0.0.1'}]}),
  cluster: text => ({cluster: text, hosts: [{name: 'a', address: '10.0.0.1'}]}),
}

const read = (place: string, text: string): Inventory | undefined => {
  const source = JSON.stringify({version: 1, cluster: 'c', ...places[place]!(text)})
  return loadInventory(source, 'hostile.yaml', '/home/op').inventory
}

/** Every argv that is made of what a host says. */
function argvsOf(
  cluster: string,
  {name, node, riak: {command, dataDir}, location = 'rack'}: Host,
): string[][] {
  const door = {host: name, node, riak: command, eval: true, dataDir, ask: undefined as never} satisfies Door
  const admin = [...command, 'admin']
  return [
    readCommands.ping(command),
    readCommands.fastEval(command, 'x.'),
    readCommands.partitions(admin, node),
    storageArgv({riak: command, dataDir}),
    readCommands.dataFiles(command, dataDir),
    [...writeCommands.start({riak: command}, {isThere: true}, {start: 'start'})],
    writeCommands.join(command, node),
    writeCommands.stage(command, {action: 'leave', node}),
    writeCommands.stage(command, {action: 'replace', node, with: node}),
    writeCommands.stage(command, {action: 'setLocation', node, location}),
    factsArgv(door, {salt: 's', isNew: true, size: true, peers: [node]}),
    lockArgv('show', {node, token: name, record: location, expiry: 1, gone: [cluster], prefix: command}),
  ].map(argv => argv.map(word => (word.length > 1000 ? 'a script of ours' : word)))
}

describe.skipIf(sshdMissing)(`${count} hostile strings`, () => {
  let folder: SshdFolder
  let target: Target
  let pool: Pool
  let canary: string
  let strings: string[]

  beforeAll(async () => {
    folder = sshdFolder()
    canary = join(folder.path, 'canary')
    strings = hostile(canary)
    const server = await folder.start()
    writeFileSync(join(folder.path, 'known_hosts'), `${server.knownHost}\n`)
    pool = openPool()
    target = sshdTarget(folder, server)
  })
  afterAll(async () => {
    pool.close()
    await folder.remove()
  })

  /** What the programs of these lines were called with, over real SSH. */
  const arrived = async (argvs: readonly string[][]): Promise<string[][]> => {
    const found: string[][] = []
    const queue = argvs.map(argv => quoteArgv(argv))
    while (queue.length > 0) {
      const lines: string[] = []
      // Linux takes 128 KiB in one argument
      for (let bytes = 0; queue.length > 0 && bytes < 60_000; bytes += Buffer.byteLength(lines.at(-1)!))
        lines.push(queue.shift()!)
      const {stdout, stderr} = await pool.shell(target, `${teller}\n${lines.join('\n')}`, {
        outputLimit: 64 * 2 ** 20,
      })
      expect(stderr).toBe('')
      const told = stdout.split('\0').slice(0, -1)
      while (told.length > 0) found.push(told.splice(0, Number(told.shift())))
    }
    return found
  }
  /** bytes as they travel: half of a surrogate pair is no character */
  const sent = (word: string): string => Buffer.from(word, 'utf8').toString('utf8')

  it('as arguments: each arrives as it was', async () => {
    const words = strings.filter(text => !text.includes('\0') && text !== '')
    const argvs = words.map(word => ['tell', word, 'end'])
    expect((await arrived(argvs)).map(([word]) => word)).toEqual(words.map(sent))
    for (const text of strings.filter(word => word.includes('\0')))
      expect(() => quoteArgv(['tell', text])).toThrow(RangeError)
    expect(existsSync(canary)).toBe(false)
  })

  it('as arguments of exec, within its time: each arrives as it was', async () => {
    const words = strings.filter(text => !text.includes('\0'))
    for (let at = 0; at < words.length; at += 500) {
      const some = words.slice(at, at + 500)
      const line = limitedLine(['printf', '%s\\0', ...some], 20)
      const {stdout} = await pool.shell(target, line)
      expect(stdout.split('\0').slice(0, -1)).toEqual(some.map(sent))
    }
    expect(existsSync(canary)).toBe(false)
  })

  it.each(Object.keys(places))(
    'in the inventory, as %s: refused, or as it was in every command',
    async place => {
      const seen = new Set<string>()
      const argvs: string[][] = []
      let accepted = 0
      for (const text of strings) {
        const inventory = read(place, text)
        for (const host of inventory?.hosts.slice(0, 1) ?? []) {
          accepted += 1
          expect(host.name).not.toMatch(/^[-.]/)
          expect(host.node).toMatch(/^\w[\w-]*@[A-Za-z0-9][\w.-]*$/)
          for (const argv of argvsOf(inventory!.cluster, host)) {
            const key = JSON.stringify(argv)
            if (seen.has(key)) continue
            seen.add(key)
            argvs.push(argv)
          }
        }
      }
      // some strings are harmless, and a check that accepts nothing would show nothing
      expect(accepted).toBeGreaterThan(0)
      // every argv of a few thousand; of the rest a share
      const share = argvs.filter((_, at) => argvs.length < 6000 || at % Math.ceil(argvs.length / 6000) === 0)
      const called = await arrived(share.map(argv => ['tell', ...argv]))
      expect(called).toEqual(share.map(argv => argv.map(sent)))
      expect(existsSync(canary)).toBe(false)
    },
  )
})
