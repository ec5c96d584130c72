/** What `inventory check` and `inventory show` tell of an inventory without problems. */

import type {Fleet} from '../fleet/fleet.ts'
import type {Host, Inventory, Problem} from '../inventory/inventory.ts'
import {type Reach, reachOf} from '../ssh/target.ts'

export type InventoryCheckReport = {
  readonly schema: 'ringup/inventory-check/1'
  readonly file: string
  /** none: a file with problems is an error, whose facts they are */
  readonly problems: readonly Problem[]
  /** hosts, spare ones included */
  readonly hosts: number
  readonly spare: number
}

export type InventoryReport = Omit<Inventory, 'hosts'> & {
  readonly schema: 'ringup/inventory/1'
  readonly hosts: readonly (Host & {readonly reach: Reach})[]
}

export const inventoryCheck = ({file, hosts}: Inventory): InventoryCheckReport => ({
  schema: 'ringup/inventory-check/1',
  file,
  problems: [],
  hosts: hosts.length,
  spare: hosts.filter(({spare}) => spare).length,
})

export const inventoryReport = ({
  inventory,
  targetOf,
}: Pick<Fleet, 'inventory' | 'targetOf'>): InventoryReport => ({
  schema: 'ringup/inventory/1',
  ...inventory,
  hosts: inventory.hosts.map(host => ({...host, reach: reachOf(targetOf(host))})),
})
