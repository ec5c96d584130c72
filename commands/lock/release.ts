import {Flags} from '@oclif/core'
import {hostFlags, RingupCommand} from '../../src/cli/command.ts'
import type {LocksReport} from '../../src/cli/locks.ts'
import {OpsError} from '../../src/errors.ts'

export default class LockRelease extends RingupCommand {
  static override summary = "Take somebody's lock away by force"
  static override readonly changes = 'locks'
  static override description =
    'A run that still goes on loses its lock: it sends no further write, and what it has staged stays staged. Look first: lock show. A holder that is gone loses its lock by itself after two minutes.'
  static override examples = ['<%= config.bin %> lock release --force']
  static override flags = {
    ...hostFlags,
    force: Flags.boolean({summary: 'yes, also when its holder is alive'}),
  }

  async run(): Promise<LocksReport> {
    const {flags} = await this.parse(LockRelease)
    if (!flags.force)
      throw new OpsError(
        'usage',
        'lock release takes the lock from whoever holds it, also from a run that goes on',
        {
          hint: 'look first: ringup lock show; then pass --force',
        },
      )
    const session = await this.open(flags)
    const [{releaseLocks}, {locksText}] = await Promise.all([
      import('../../src/cli/locks.ts'),
      import('../../src/report/locks-text.ts'),
    ])
    const locks = await releaseLocks(session)
    this.print(locksText(locks))
    return {schema: 'ringup/locks/1', cluster: session.inventory.cluster, locks}
  }
}
