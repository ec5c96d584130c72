import {inventoryFlag, RingupCommand} from '../../src/cli/command.ts'

export default class InventoryShow extends RingupCommand {
  static override summary = 'Show the hosts with ranges expanded and every default filled in; reaches no host'
  static override examples = [
    '<%= config.bin %> inventory show',
    '<%= config.bin %> inventory show --json | jq -r ".hosts[].node"',
  ]
  static override flags = {inventory: inventoryFlag}

  async run(): Promise<object> {
    const {flags} = await this.parse(InventoryShow)
    const {inventory} = await this.open(flags.inventory)
    const {inventoryText} = await import('../../src/report/inventory-text.ts')
    this.print(inventoryText(inventory))
    return {schema: 'ringup/inventory/1', ...inventory}
  }
}
