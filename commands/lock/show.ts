import type {LocksReport} from '../../src/actions/locks.ts'
import {RingupCommand} from '../../src/cli/command.ts'
import {hostFlags} from '../../src/cli/flags.ts'

export default class LockShow extends RingupCommand {
  static override summary = 'Who holds the lock on the cluster, on which hosts, since when'
  static override readonly changes = 'nothing'
  static override description =
    'The lock keeps two runs apart. It never keeps anybody from status, plan, watch or runs.'
  static override examples = ['<%= config.bin %> lock show', '<%= config.bin %> lock show --json']
  static override flags = {...hostFlags}

  async run(): Promise<LocksReport> {
    const {flags} = await this.parse(LockShow)
    const {fleet} = await this.open(flags)
    const [{showLocks}, {locksText}] = await Promise.all([
      import('../../src/actions/locks.ts'),
      import('../../src/report/cluster/locks-text.ts'),
    ])
    const locks = await showLocks(fleet)
    this.print(locksText(locks))
    return {schema: 'ringup/locks/1', cluster: fleet.inventory.cluster, locks}
  }
}
