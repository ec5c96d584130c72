import {RingupCommand} from '../../src/cli/command.ts'
import {memoryFlags} from '../../src/cli/flags.ts'
import type {RunsReport} from '../../src/state/runs.ts'

export default class RunsList extends RingupCommand {
  static override summary = 'The runs that the cluster and this machine know, the newest first'
  static override readonly changes = 'nothing'
  static override description =
    'Asks the hosts of the inventory what they remember, so it tells the same on every machine, with nothing on its disk. Without an inventory, or where no host answers, what this machine knows. Changes nothing.'
  static override examples = [
    '<%= config.bin %> runs list',
    '<%= config.bin %> runs list --local',
    '<%= config.bin %> runs list --json | jq -r ".runs[0].run"',
  ]

  static override flags = memoryFlags

  async run(): Promise<RunsReport> {
    const {flags} = await this.parse(RunsList)
    const [{damagedText, knownRuns, recordOf}, {runsText}] = await Promise.all([
      import('../../src/state/runs.ts'),
      import('../../src/report/run/run-text.ts'),
    ])
    const memory = await this.remembered(flags)
    const {runs, damaged} = knownRuns(memory)
    const told = damagedText(damaged)
    if (told !== undefined) this.say(told)
    for (const {run, notes} of runs) for (const note of notes) this.say(`${run}: ${note}`)
    this.print(runsText(runs, damaged))
    return {
      schema: 'ringup/runs/1',
      runs: runs.map(run => {
        const {plan: _plan, ...state} = run.state
        return {...state, ...recordOf(run)}
      }),
      damaged,
      silent: [...memory.silent()].map(([host, why]) => ({host, why})),
    }
  }
}
