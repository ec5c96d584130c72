import type {InventoryReport} from '../../src/actions/inventory.ts'
import {RingupCommand} from '../../src/cli/command.ts'
import {inventoryFlag} from '../../src/cli/flags.ts'

export default class InventoryShow extends RingupCommand {
  static override summary = 'Show the hosts, ranges expanded; reaches no host'
  static override readonly changes = 'nothing'
  static override description =
    'And how each would be reached: what the inventory does not say is as your ssh_config says.'
  static override examples = [
    '<%= config.bin %> inventory show',
    '<%= config.bin %> inventory show --json | jq -r ".hosts[].node"',
  ]
  static override flags = {inventory: inventoryFlag}

  async run(): Promise<InventoryReport> {
    const {flags} = await this.parse(InventoryShow)
    const {fleet} = await this.open(flags, {tellsLimits: false})
    const [{inventoryReport}, {inventoryText}] = await Promise.all([
      import('../../src/actions/inventory.ts'),
      import('../../src/report/hosts/inventory-text.ts'),
    ])
    const report = inventoryReport(fleet)
    this.print(inventoryText(report))
    return report
  }
}
