import type {LimitsReport} from '../../src/actions/throttle/show.ts'
import {RingupCommand} from '../../src/cli/command.ts'
import {hostFlags} from '../../src/cli/flags.ts'

export default class ThrottleShow extends RingupCommand {
  static override summary = 'Limits of transfers on every member, and what they were before'
  static override readonly changes = 'nothing'
  static override description =
    'Both limits: of a node, in and out together (riak admin transfer-limit), and of the cluster (forced_ownership_handoff); and whether handoff is on. Only reads.'
  static override examples = ['<%= config.bin %> throttle show', '<%= config.bin %> throttle show --json']
  static override flags = {...hostFlags}

  async run(): Promise<LimitsReport> {
    const {flags} = await this.parse(ThrottleShow)
    const {fleet} = await this.open(flags, {tellsLimits: false})
    const [{showLimits}, {limitsText}, {stdoutLook}] = await Promise.all([
      import('../../src/actions/throttle/show.ts'),
      import('../../src/report/cluster/limits-text.ts'),
      import('../../src/cli/terminal.ts'),
    ])
    const report = await showLimits(fleet)
    this.print(limitsText(report, stdoutLook()))
    return report
  }
}
