import {Flags} from '@oclif/core'
import type {PlanReport} from '../src/actions/plan.ts'
import {acceptFlags, hostFlags, joinFlags, RingupCommand} from '../src/cli/command.ts'
import {exitCodes} from '../src/errors.ts'

const hosts = (summary: string) => Flags.string({summary, helpValue: 'HOST', multiple: true, delimiter: ','})

export default class Plan extends RingupCommand {
  static override summary = 'Dry run: who gets which partition, how much, how long, what is risky'
  static override readonly changes = 'namedFile'
  static override description =
    'Reads the ring and computes what Riak would do, to the partition. Touches nothing, ever: nothing is staged and no Riak command that changes anything is sent.'
  static override examples = [
    '<%= config.bin %> plan --add r06,r07,r08',
    '<%= config.bin %> plan --add r06,r07,r08 --out grow.json && <%= config.bin %> apply grow.json',
    '<%= config.bin %> plan --from-snapshot ring.json --leave r03 --json',
  ]
  static override flags = {
    ...hostFlags,
    add: hosts('hosts that are to join; with none of these three: all of the inventory but spares'),
    leave: hosts('members that are to leave'),
    replace: Flags.string({
      summary: 'a member that hands all it has to a new host',
      helpValue: 'OLD=NEW',
      multiple: true,
    }),
    locations: Flags.boolean({
      summary: "stage the inventory's locations of new hosts (or not)",
      allowNo: true,
    }),
    'from-snapshot': Flags.string({
      summary: 'plan on a file written by snapshot; asks no host',
      helpValue: 'FILE',
    }),
    out: Flags.string({summary: 'write the plan to a file, for apply', helpValue: 'FILE'}),
    format: Flags.option({
      summary: 'how it is printed; see also: ringup report',
      options: ['text', 'markdown', 'html', 'svg', 'json'] as const,
      default: 'text',
    })(),
    partitions: Flags.boolean({summary: 'list every partition'}),
    order: Flags.boolean({summary: 'look for other ways when a disk would get too full'}),
    ...acceptFlags,
    ...joinFlags,
    'detailed-exitcode': Flags.boolean({summary: 'exit 2 when there are changes'}),
  }

  async run(): Promise<PlanReport> {
    const {flags} = await this.parse(Plan)
    const session = await this.open(flags)
    const {dryRun} = await import('../src/actions/plan.ts')
    const plan = await dryRun(this, session, flags)
    if (flags['detailed-exitcode'] && plan.changes.length > 0) process.exitCode = exitCodes.changesPending
    return plan
  }
}
