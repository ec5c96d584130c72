/** Where the answer goes there is no room: what was asked for comes to its end, and that is said in a line. */
import {existsSync, readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {eachTestItsOwn, home, lab, startRing} from '../support/each-test.ts'
import type {Ran} from '../support/ringup.ts'

eachTestItsOwn()

const into = (redirection: string, ...args: string[]): Promise<Ran> =>
  home.spawn(args, {
    by: ['sh', '-c', `exec "$@" ${redirection}`, 'sh'],
    env: {RINGUP_INVENTORY: lab?.inventoryFile},
  })

const said =
  'ringup: the answer cannot be written to stdout: ENOSPC; all that was asked for is done\n' +
  '  -> make room, and look again: ringup status\n'

describe.skipIf(!existsSync('/dev/full'))('stdout on a full disk', () => {
  it.each(['--version', '--help', 'help exit-codes', '__complete ringup st'])('%s', async words => {
    expect(await into('>/dev/full', ...words.split(' '))).toEqual({code: 64, stdout: '', stderr: said})
  })

  it('a command that reads says so, and one that has failed keeps its exit code', async () => {
    await startRing({nodes: 3, spare: 1, ring: 16, speed: 600, seed: 3})
    for (const words of ['status', 'status --json', 'plan --add r04', 'exec r01 -- echo', 'lock show --json'])
      expect(await into('>/dev/full', ...words.split(' ')), words).toMatchObject({
        code: 64,
        stderr: expect.stringMatching(new RegExp(`${said.replace(/[^\w\s]/g, '\\$&')}$`)),
      })
    expect(await into('>/dev/full', 'exec', 'r01', '--', 'false')).toMatchObject({code: 1})
  })

  it('an add is carried out and verified, its journal ends and its lock is gone, whatever is full', async () => {
    await startRing({nodes: 3, spare: 2, ring: 16, speed: 600, seed: 3})
    const add = ['--yes', '--interval', '100ms']
    const first = await into('>/dev/full', 'add', 'r04', ...add)
    expect(first).toMatchObject({code: 64, stderr: expect.stringContaining(said)})
    expect(await into('>/dev/full 2>/dev/full', 'add', 'r05', ...add)).toMatchObject({code: 64})

    const ring = lab.node('r01').cluster.ring
    expect(ring.members.map(({status}) => status)).toEqual(Array.from({length: 5}, () => 'valid'))
    const runs = join(home.path, '.local/state/ringup/runs')
    const journals = readdirSync(runs).filter(name => name.endsWith('.jsonl'))
    expect(journals).toHaveLength(2)
    for (const name of journals)
      expect(JSON.parse(readFileSync(join(runs, name), 'utf8').trim().split('\n').at(-1)!)).toMatchObject({
        type: 'run-finished',
        outcome: 'done',
      })
    const {stdout} = await home.run(['lock', 'show', '-i', lab.inventoryFile])
    expect(stdout).toContain('without a lock')
  })
})
