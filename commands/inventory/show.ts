import {inventoryFlag, RingupCommand} from '../../src/cli/command.ts'

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

  async run(): Promise<object> {
    const {flags} = await this.parse(InventoryShow)
    const {inventory, targetOf} = await this.open(flags)
    const {inventoryText} = await import('../../src/report/inventory-text.ts')
    const {reachOf} = await import('../../src/ssh/target.ts')
    const hosts = inventory.hosts.map(host => ({...host, reach: reachOf(targetOf(host))}))
    this.print(inventoryText({...inventory, hosts}))
    return {schema: 'ringup/inventory/1', ...inventory, hosts}
  }
}
