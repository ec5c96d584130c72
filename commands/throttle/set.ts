import {Args, Flags} from '@oclif/core'
import type {LimitsReport} from '../../src/actions/throttle/show.ts'
import {RingupCommand} from '../../src/cli/command.ts'
import {hostFlags} from '../../src/cli/flags.ts'

export default class ThrottleSet extends RingupCommand {
  static override summary = 'Change limits of transfers; what they were is kept for restore'
  static override readonly changes = 'limits'
  static override description =
    'Of the hosts named, or of every member. A limit of a node that is below what is under way ends transfers, which begin again from zero: it says how many bytes that is, and wants --kill-transfers. Riak forgets what was set when it restarts.'
  static override examples = [
    '<%= config.bin %> throttle set --node-limit 4 --cluster-limit 16',
    '<%= config.bin %> throttle set r03 --no-inbound --yes',
  ]
  static override strict = false
  static override args = {host: Args.string({description: 'hosts of the inventory; default every member'})}
  static override flags = {
    ...hostFlags,
    'node-limit': Flags.integer({summary: 'transfers at once of a node', helpValue: 'N', min: 0, max: 256}),
    'cluster-limit': Flags.integer({
      summary: 'entries of the pending list that may move (riak eval)',
      helpValue: 'N',
      min: 0,
      max: 4096,
    }),
    inbound: Flags.boolean({summary: 'inbound handoff on (or off)', allowNo: true}),
    outbound: Flags.boolean({summary: 'outbound handoff on (or off)', allowNo: true}),
    'kill-transfers': Flags.boolean({summary: 'end transfers that are beyond the new limit'}),
    yes: Flags.boolean({char: 'y', summary: 'do not ask'}),
  }

  async run(): Promise<LimitsReport> {
    const {argv, flags} = await this.parse(ThrottleSet)
    const context = await this.open(flags, {tellsLimits: false})
    const [{refuseSilent, setLimits}, {limitsText}, {stdoutLook}] = await Promise.all([
      import('../../src/actions/throttle/set.ts'),
      import('../../src/report/cluster/limits-text.ts'),
      import('../../src/cli/terminal.ts'),
    ])
    const {inbound, outbound} = flags
    const request = {
      hosts: argv as string[],
      node: flags['node-limit'],
      cluster: flags['cluster-limit'],
      inbound,
      outbound,
      killTransfers: flags['kill-transfers'],
    }
    const report = await setLimits(context, request)
    this.print(limitsText(report, stdoutLook()))
    refuseSilent(report, request)
    return report
  }
}
