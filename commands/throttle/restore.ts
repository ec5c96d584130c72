import {Flags} from '@oclif/core'
import type {LimitsReport} from '../../src/actions/throttle/show.ts'
import {RingupCommand} from '../../src/cli/command.ts'
import {hostFlags} from '../../src/cli/flags.ts'

export default class ThrottleRestore extends RingupCommand {
  static override summary = 'Bring limits back to what they were before ringup changed them'
  static override readonly changes = 'limits'
  static override description =
    'After throttle set, and after a throttle auto that was killed. It is done when every member tells so; until then each command says that limits are not as they were.'
  static override examples = [
    '<%= config.bin %> throttle restore',
    '<%= config.bin %> throttle restore --yes',
  ]
  static override flags = {
    ...hostFlags,
    'kill-transfers': Flags.boolean({summary: 'end transfers that are beyond the old limit'}),
    yes: Flags.boolean({char: 'y', summary: 'do not ask'}),
  }

  async run(): Promise<LimitsReport> {
    const {flags} = await this.parse(ThrottleRestore)
    const context = await this.open(flags, {tellsLimits: false})
    const [{restoreLimits}, {limitsText}, {stdoutLook}] = await Promise.all([
      import('../../src/actions/throttle/restore.ts'),
      import('../../src/report/cluster/limits-text.ts'),
      import('../../src/cli/terminal.ts'),
    ])
    const report = await restoreLimits(context, {killTransfers: flags['kill-transfers']})
    this.print(limitsText(report, stdoutLook()))
    return report
  }
}
