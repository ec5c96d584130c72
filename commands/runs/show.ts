import {Args} from '@oclif/core'
import {RingupCommand} from '../../src/cli/command.ts'
import {memoryFlags} from '../../src/cli/flags.ts'
import type {RunStateReport} from '../../src/state/runs.ts'

export default class RunsShow extends RingupCommand {
  static override summary = 'What a run did, step by step, out of its journal'
  static override readonly changes = 'nothing'
  static override description =
    'Out of what the hosts of the inventory remember and of what this machine knows; a journal file may be named instead, which needs no host. Without either, the newest unfinished run. Changes nothing.'
  static override examples = [
    '<%= config.bin %> runs show',
    '<%= config.bin %> runs show 20261123-181200-4f2a --json',
  ]
  static override args = {run: Args.string({description: 'run id, a part of it, or a journal file'})}

  static override flags = memoryFlags

  async run(): Promise<RunStateReport> {
    const {args, flags} = await this.parse(RunsShow)
    const [{findRun, recordOf}, {runText}, {stdoutLook}] = await Promise.all([
      import('../../src/state/runs.ts'),
      import('../../src/report/run/run-text.ts'),
      import('../../src/cli/terminal.ts'),
    ])
    const isFile = args.run?.includes('/') ?? false
    const found = findRun(args.run, await this.remembered({...flags, local: flags.local || isFile}))
    const {state, torn, notes} = found
    for (const note of notes) this.say(note)
    if (torn) this.say('the last line of the journal is cut off, as a killed run leaves it')
    this.print(runText(found, stdoutLook()))
    return {schema: 'ringup/run-state/1', torn, ...state, ...recordOf(found)}
  }
}
