import {Args} from '@oclif/core'
import {RingupCommand} from '../../src/cli/command.ts'
import type {RunStateReport} from '../../src/state/runs.ts'

export default class RunsShow extends RingupCommand {
  static override summary = 'What a run did, step by step, out of its journal'
  static override readonly changes = 'nothing'
  static override description =
    'Needs nothing but the journal, so it works on another machine too: name the file instead of the run. Without either, the newest unfinished run.'
  static override examples = [
    '<%= config.bin %> runs show',
    '<%= config.bin %> runs show 20261123-181200-4f2a --json',
  ]
  static override args = {run: Args.string({description: 'run id, a part of it, or a journal file'})}

  async run(): Promise<RunStateReport> {
    const {args} = await this.parse(RunsShow)
    const [{findRun}, {runText}, {stdoutLook}] = await Promise.all([
      import('../../src/state/runs.ts'),
      import('../../src/report/run/run-text.ts'),
      import('../../src/cli/terminal.ts'),
    ])
    const {state, torn, file} = findRun(args.run)
    if (torn) this.say('the last line of the journal is cut off, as a killed run leaves it')
    this.print(runText(state, stdoutLook()))
    return {schema: 'ringup/run-state/1', journal: file, torn, ...state}
  }
}
