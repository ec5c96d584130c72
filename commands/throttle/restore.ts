import {Flags} from '@oclif/core'
import type {LimitsReport} from '../../src/actions/throttle/limits.ts'
import {hostFlags, RingupCommand} from '../../src/cli/command.ts'

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
    const session = await this.open(flags)
    const {restoreLimits} = await import('../../src/actions/throttle/limits.ts')
    return restoreLimits(this, session, {yes: flags.yes, killTransfers: flags['kill-transfers']})
  }
}
