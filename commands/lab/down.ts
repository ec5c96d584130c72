import {Flags} from '@oclif/core'
import {RingupCommand} from '../../src/cli/command.ts'
import type {LabStopped} from '../../src/lab/server/background.ts'

export default class LabDown extends RingupCommand {
  static override summary = 'Stop the practice cluster'
  static override readonly changes = 'practice'
  static override description = 'Its folder stays, with inventory and log. Stopping twice does no harm.'
  static override examples = ['<%= config.bin %> lab down']
  static override flags = {
    dir: Flags.string({summary: 'its folder', helpValue: 'DIR', env: 'RINGUP_LAB_DIR'}),
  }

  async run(): Promise<LabStopped> {
    const {flags} = await this.parse(LabDown)
    const [{labFolder}, {stopLab}] = await Promise.all([
      import('../../src/lab/server/lab-folder.ts'),
      import('../../src/lab/server/background.ts'),
    ])
    const dir = labFolder(flags.dir)
    const pid = await stopLab(dir)
    this.print(
      pid === undefined
        ? `No practice ring runs in ${dir}.\n`
        : `The practice ring in ${dir} is stopped (process ${pid}).\n`,
    )
    return {dir, stopped: pid ?? null}
  }
}
