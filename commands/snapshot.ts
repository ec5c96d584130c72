import {Flags} from '@oclif/core'
import {RingupCommand} from '../src/cli/command.ts'
import {hostFlags} from '../src/cli/flags.ts'
import {jsonText} from '../src/printable.ts'

export default class Snapshot extends RingupCommand {
  static override summary = 'The ring as a file, so that plans can be made with no SSH at all'
  static override readonly changes = 'namedFile'
  static override description =
    'One reading of one member: owners, members, pending transfers, what is staged, limits, versions; and of every host of the inventory, spares too, how full its disk is and how large its partitions are. plan --from-snapshot reads it on a laptop or in CI. --schema prints its JSON Schema.'
  static override examples = [
    '<%= config.bin %> snapshot --out ring.json',
    '<%= config.bin %> plan --from-snapshot ring.json --add r06',
    '<%= config.bin %> snapshot --schema > snapshot.schema.json',
  ]
  static override flags = {
    ...hostFlags,
    out: Flags.string({summary: 'write it to a file instead of stdout', helpValue: 'FILE'}),
    disks: Flags.boolean({summary: 'measure the disks (or not)', allowNo: true, default: true}),
    schema: Flags.boolean({summary: 'print the JSON Schema of the file; asks no host', exclusive: ['out']}),
  }

  async run(): Promise<object> {
    const {flags} = await this.parse(Snapshot)
    if (flags.schema) {
      const {snapshotJsonSchema} = await import('../src/snapshot/schema.ts')
      const schema = snapshotJsonSchema()
      this.print(`${jsonText(schema, 2)}\n`)
      return schema
    }
    const {refuseOther, writeWhole} = await import('../src/state/write-whole.ts')
    if (flags.out !== undefined) refuseOther(flags.out, 'snapshot')
    const {fleet} = await this.open(flags)
    const {snapshot: ring} = await fleet.ask()
    const {measured} = await import('../src/actions/measure.ts')
    const snapshot = flags.disks
      ? await measured(fleet, ring, fleet.inventory.hosts, text => this.say(text))
      : ring
    const text = `${jsonText(snapshot, 1)}\n`
    if (flags.out === undefined) this.print(text)
    else {
      writeWhole(flags.out, text, 'snapshot')
      this.say(`written: ${flags.out}`)
    }
    return snapshot
  }
}
