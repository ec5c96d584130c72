import {Flags} from '@oclif/core'
import type {HostLock, LocksReport} from '../../src/actions/locks.ts'
import {RingupCommand} from '../../src/cli/command.ts'
import {hostFlags} from '../../src/cli/flags.ts'
import {OpsError} from '../../src/errors.ts'

export default class LockRelease extends RingupCommand {
  static override summary = "Take somebody's lock away by force"
  static override readonly changes = 'locks'
  static override description =
    "A run that still goes on loses its lock: it sends no further write, and what it has staged stays staged. Look first: lock show. A holder that is gone loses its lock by itself after two minutes. Exit 3 where a claim could not be removed, as another login's; 6 where a host could not be asked."
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
    const {fleet} = await this.open(flags)
    const [{releaseLocks}, {locksText}] = await Promise.all([
      import('../../src/actions/locks.ts'),
      import('../../src/report/cluster/locks-text.ts'),
    ])
    const locks = await releaseLocks(fleet)
    this.print(locksText(locks))
    refuseLeft(locks)
    return {schema: 'ringup/locks/1', cluster: fleet.inventory.cluster, locks}
  }
}

/** Throws an `OpsError` where a lock is there still: exit 3, or 6 where a host could not be asked. */
function refuseLeft(locks: readonly HostLock[]): void {
  const held = locks.filter(
    ({outcome}) => outcome === 'failed' || outcome === 'denied' || outcome === 'unsafe',
  )
  const silent = locks.filter(({error}) => error !== undefined)
  const left = held.length > 0 ? held : silent
  const [first] = left
  if (!first) return
  throw new OpsError(
    held.length > 0 ? 'refused' : 'unreachable',
    `not released on ${left.map(({host}) => host).join(', ')}`,
    {hint: `look there: ringup exec ${first.host} -- ls -l /var/tmp`, facts: {locks}},
  )
}
