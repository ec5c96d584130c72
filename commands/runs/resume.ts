import {Args} from '@oclif/core'
import {RingupCommand} from '../../src/cli/command.ts'
import {needConfirmation} from '../../src/cli/confirm.ts'
import {applyFlags, hostFlags, runWishes} from '../../src/cli/flags.ts'
import type {RunReport} from '../../src/execute/carry-out.ts'
import type {RunIsOver} from '../../src/state/runs.ts'

export default class RunsResume extends RingupCommand {
  static override summary = 'Go on with a run that stopped, was killed or lost its connection'
  static override readonly changes = 'cluster'
  static override description =
    'Looks first: what is already so is not done again, and a commit whose answer was lost is settled by reading the ring, never by committing again. Without a run, the newest unfinished one. Running it twice changes nothing twice.'
  static override examples = [
    '<%= config.bin %> runs resume',
    '<%= config.bin %> runs resume 20261123-181200-4f2a --yes',
  ]
  static override args = {
    run: Args.string({description: 'run id, a part of it, or the path of a journal (with a slash in it)'}),
  }
  static override flags = {...hostFlags, ...applyFlags}

  async run(): Promise<RunReport | RunIsOver> {
    const {args, flags} = await this.parse(RunsResume)
    const [{findOwnRun, isOver}, {resumeRun}] = await Promise.all([
      import('../../src/state/runs.ts'),
      import('../../src/actions/resume.ts'),
    ])
    const opened = await this.open(flags)
    const found = findOwnRun(args.run, await opened.fleet.remember(), opened.fleet.inventory)
    for (const note of found.notes) this.say(note)
    if (isOver(found.state)) {
      const {sayOver} = await import('../../src/cli/say-over.ts')
      return sayOver(this, found, 'nothing to do')
    }
    needConfirmation(flags.yes, 'runs resume')
    return resumeRun(opened, found, runWishes(flags))
  }
}
