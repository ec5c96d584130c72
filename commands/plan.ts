import {Flags} from '@oclif/core'
import {acceptFlags, inventoryFlag, joinFlags, RingupCommand} from '../src/cli/command.ts'
import {exitCodes} from '../src/errors.ts'
import type {Plan as ClusterPlan} from '../src/plan/plan.ts'

const hosts = (summary: string) => Flags.string({summary, helpValue: 'HOST', multiple: true, delimiter: ','})

export default class Plan extends RingupCommand {
  static override summary = 'Dry run: who gets which partition from whom'
  static override description =
    'Reads the ring and computes what Riak would do, to the partition. Touches nothing, ever: nothing is staged and no Riak command that changes anything is sent.'
  static override examples = [
    '<%= config.bin %> plan --add r06,r07,r08',
    '<%= config.bin %> plan --add r06,r07,r08 --out grow.json && <%= config.bin %> apply grow.json',
    '<%= config.bin %> plan --from-snapshot ring.json --leave r03 --json',
  ]
  static override flags = {
    inventory: inventoryFlag,
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
    partitions: Flags.boolean({summary: 'list every partition'}),
    ...acceptFlags,
    ...joinFlags,
    'detailed-exitcode': Flags.boolean({summary: 'exit 2 when there are changes'}),
  }

  async run(): Promise<ClusterPlan> {
    const {flags} = await this.parse(Plan)
    const session = await this.open(flags.inventory)
    const [
      {acceptedRisks, requestPlan},
      {planReport},
      {stdoutLook},
      {refuseBlocked, writePlan},
      {preflight},
    ] = await Promise.all([
      import('../src/cli/plan-request.ts'),
      import('../src/report/plan-text.ts'),
      import('../src/cli/terminal.ts'),
      import('../src/cli/plan-file.ts'),
      import('../src/cli/preflight.ts'),
    ])
    const {plan, notes, snapshot} = await requestPlan(session, {
      ...flags,
      accept: acceptedRisks(flags),
      fromSnapshot: flags['from-snapshot'],
    })
    for (const note of notes) this.say(note)
    this.print(planReport(plan, {look: stdoutLook(), partitions: flags.partitions}))
    if (flags.out !== undefined) writePlan(flags.out, plan)
    refuseBlocked(plan)
    // a file says nothing of the hosts as they are now
    if (flags['from-snapshot'] === undefined)
      await preflight(session, plan, {
        thorough: false,
        snapshot,
        letPass: flags['skip-check'],
        say: text => this.say(text),
      })
    if (flags['detailed-exitcode'] && plan.changes.length > 0) process.exitCode = exitCodes.changesPending
    return plan
  }
}
