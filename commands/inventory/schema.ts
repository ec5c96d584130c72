import {RingupCommand} from '../../src/cli/command.ts'
import {jsonText} from '../../src/printable.ts'

export default class InventorySchema extends RingupCommand {
  static override summary = 'Print the JSON Schema of an inventory file, for editors'
  static override readonly changes = 'nothing'
  static override examples = ['<%= config.bin %> inventory schema > inventory.schema.json']

  async run(): Promise<object> {
    await this.parse(InventorySchema)
    const {inventoryJsonSchema} = await import('../../src/inventory/schema.ts')
    const schema = inventoryJsonSchema()
    this.print(`${jsonText(schema, 2)}\n`)
    return schema
  }
}
