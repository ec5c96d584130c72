import type {InventoryCheckReport} from '../../src/actions/inventory.ts'
import {RingupCommand} from '../../src/cli/command.ts'
import {inventoryFlag} from '../../src/cli/flags.ts'

export default class InventoryCheck extends RingupCommand {
  static override summary = 'Check an inventory file; reaches no host'
  static override readonly changes = 'nothing'
  static override description = 'Reports every problem at once, each with file:line:column.'
  static override examples = [
    '<%= config.bin %> inventory check',
    '<%= config.bin %> inventory check -i prod.yaml --json',
  ]
  static override flags = {inventory: inventoryFlag}

  async run(): Promise<InventoryCheckReport> {
    const {flags} = await this.parse(InventoryCheck)
    const {inventory} = (await this.open(flags, {tellsLimits: false})).fleet
    const {inventoryCheck} = await import('../../src/actions/inventory.ts')
    const check = inventoryCheck(inventory)
    this.print(
      `${check.file}: ${inventory.cluster}, ${check.hosts} hosts, ${check.spare} of them spare: no problems\n`,
    )
    return check
  }
}
