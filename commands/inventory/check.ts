import {inventoryFlag, RingupCommand} from '../../src/cli/command.ts'

export default class InventoryCheck extends RingupCommand {
  static override summary = 'Check an inventory file; reaches no host'
  static override readonly changes = 'nothing'
  static override description = 'Reports every problem at once, each with file:line:column.'
  static override examples = [
    '<%= config.bin %> inventory check',
    '<%= config.bin %> inventory check -i prod.yaml --json',
  ]
  static override flags = {inventory: inventoryFlag}

  async run(): Promise<object> {
    const {flags} = await this.parse(InventoryCheck)
    const {inventory} = await this.open(flags)
    const spare = inventory.hosts.filter(host => host.spare).length
    this.print(
      `${flags.inventory}: ${inventory.cluster}, ${inventory.hosts.length} hosts, ${spare} of them spare: no problems\n`,
    )
    return {
      schema: 'ringup/inventory-check/1',
      file: flags.inventory,
      problems: [],
      hosts: inventory.hosts.length,
      spare,
    }
  }
}
