import {Flags} from '@oclif/core'
import {RingupCommand} from '../src/cli/command.ts'
import {hostFlags} from '../src/cli/flags.ts'
import type {Status as ClusterStatus} from '../src/watch/status.ts'

export default class Status extends RingupCommand {
  static override summary = 'One screen: healthy? converging? how long? what is wrong?'
  static override readonly changes = 'nothing'
  static override description = 'Asks one member, which answers for the whole cluster. Changes nothing.'
  static override examples = [
    '<%= config.bin %> status',
    '<%= config.bin %> status --all',
    '<%= config.bin %> status --json | jq .healthy',
  ]
  static override flags = {
    ...hostFlags,
    all: Flags.boolean({summary: 'every member, however many there are'}),
  }

  async run(): Promise<ClusterStatus> {
    const {flags} = await this.parse(Status)
    const {fleet} = await this.open(flags)
    const [{statusOf}, {statusText}, {stdoutLook}, {oursOf}, {tellDamaged}] = await Promise.all([
      import('../src/watch/status.ts'),
      import('../src/report/cluster/status-text.ts'),
      import('../src/cli/terminal.ts'),
      import('../src/state/runs-of-ring.ts'),
      import('../src/state/runs.ts'),
    ])
    const {snapshot, failures} = await fleet.ask()
    for (const {host, error} of failures) this.say(`${host} could not be asked: ${error.message}`)
    const status = statusOf(fleet.inventory.cluster, snapshot, oursOf(snapshot, fleet.memory))
    tellDamaged(text => this.say(text))
    this.print(statusText(status, stdoutLook(), {all: flags.all}))
    return status
  }
}
