/** Doors to a real cluster's hosts as ringup has them: out of the inventory file, through ringup's own SSH. */
import {readFileSync} from 'node:fs'
import {loadInventory} from '../../src/inventory/load.ts'
import type {Door} from '../../src/riak/door.ts'
import {openPool} from '../../src/ssh/pool.ts'
import {hereAndNow, resolveTarget} from '../../src/ssh/resolve-target.ts'
import {whoIsHere} from '../../src/who-is-here.ts'

export type Doors = {
  /** host i, from 1 */
  readonly door: (i: number) => Door
  readonly close: () => void
}

export function openDoors(inventoryFile: string): Doors {
  const {inventory, problems} = loadInventory(readFileSync(inventoryFile, 'utf8'), inventoryFile, '/root')
  if (inventory === undefined) throw new Error(JSON.stringify(problems))
  const pool = openPool()
  const doors = inventory.hosts.map((host): Door => {
    const {name, address, ssh} = host
    const target = resolveTarget({name, address, ...ssh}, hereAndNow(whoIsHere()))
    return {
      host: name,
      node: host.node,
      riak: host.riak.command,
      eval: host.riak.eval,
      dataDir: host.riak.dataDir,
      ask: (argv, options) => pool.exec(target, argv, options),
    }
  })
  return {door: i => doors[i - 1]!, close: pool.close}
}
