import type {LimitsReport} from '../../src/actions/throttle/limits.ts'
import {hostFlags, RingupCommand} from '../../src/cli/command.ts'

export default class ThrottleShow extends RingupCommand {
  static override summary = 'Limits of transfers on every member, and what they were before'
  static override readonly changes = 'nothing'
  static override description =
    'Both limits: of a node, in and out together (riak admin transfer-limit), and of the cluster (forced_ownership_handoff); and whether handoff is on. Only reads.'
  static override examples = ['<%= config.bin %> throttle show', '<%= config.bin %> throttle show --json']
  static override flags = {...hostFlags}

  async run(): Promise<LimitsReport> {
    const {flags} = await this.parse(ThrottleShow)
    const session = await this.open(flags)
    const {showLimits} = await import('../../src/actions/throttle/limits.ts')
    return showLimits(this, session)
  }
}
