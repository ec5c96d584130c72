/** A uid that passwd has no name for, as containers give: commands work, or say which login to set. */
import {spawnSync} from 'node:child_process'
import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {eachTestItsOwn, home, lab, startRing} from '../support/each-test.ts'
import type {Ran} from '../support/ringup.ts'

eachTestItsOwn()

/** In a user namespace, where the kernel gives one. */
const by = ['unshare', '--user', '--map-user=54321', '--map-group=54321']
const possible = spawnSync(by[0]!, [...by.slice(1), 'true']).status === 0

/** ringup as uid 54321, with no HOME. */
async function nameless(
  edit: (text: string) => string = text => text,
): Promise<(...args: string[]) => Promise<Ran>> {
  await startRing({nodes: 3, spare: 1, ring: 16, speed: 600, seed: 3})
  const inventory = join(home.path, 'inventory.yaml')
  writeFileSync(inventory, edit(readFileSync(lab.inventoryFile, 'utf8')))
  const env = {HOME: undefined, RINGUP_INVENTORY: inventory, RINGUP_STATE_DIR: join(home.path, 'state')}
  return (...args) => home.spawn(args, {by, env})
}

describe.skipIf(!possible)('a uid without a name', () => {
  it('reads the cluster as anybody does', async () => {
    const ringup = await nameless()
    for (const command of ['inventory show', 'inventory check', 'status', 'runs list', 'plan --add r04'])
      expect(await ringup(...command.split(' ')), command).toMatchObject({code: 0})
  })

  it('is told which login to set where none is named', async () => {
    const ringup = await nameless(text => text.replace(/user: \w+,? ?/, ''))
    expect(await ringup('exec', 'r01', '--', 'true')).toMatchObject({
      code: 6,
      stderr: expect.stringMatching(
        /configuration: no login is named for it, and uid-54321 has none on this machine\n *next: set ssh\.user/,
      ),
    })
  })
})
