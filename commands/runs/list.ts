import {RingupCommand} from '../../src/cli/command.ts'
import type {RunsReport} from '../../src/state/runs.ts'

export default class RunsList extends RingupCommand {
  static override summary = 'The runs that this machine knows, the newest first'
  static override readonly changes = 'nothing'
  static override examples = [
    '<%= config.bin %> runs list',
    '<%= config.bin %> runs list --json | jq -r ".runs[0].run"',
  ]

  async run(): Promise<RunsReport> {
    await this.parse(RunsList)
    const [{damagedText, knownRuns}, {runsText}] = await Promise.all([
      import('../../src/state/runs.ts'),
      import('../../src/report/run/run-text.ts'),
    ])
    const {runs, damaged} = knownRuns()
    const told = damagedText(damaged)
    if (told !== undefined) this.say(told)
    this.print(
      runsText(
        runs.map(({state}) => state),
        damaged,
      ),
    )
    return {
      schema: 'ringup/runs/1',
      runs: runs.map(({run, file, state: {plan: _plan, ...state}}) => ({...state, run, journal: file})),
      damaged,
    }
  }
}
