import {Flags} from '@oclif/core'
import {RingupCommand} from '../../src/cli/command.ts'
import {OpsError} from '../../src/errors.ts'
import type {LabStatus as Status} from '../../src/lab/server/control.ts'

export default class LabStatus extends RingupCommand {
  static override summary = 'Where the practice cluster is and what goes on in it'
  static override readonly changes = 'nothing'
  static override examples = ['<%= config.bin %> lab status']
  static override flags = {
    dir: Flags.string({summary: 'its folder', helpValue: 'DIR', env: 'RINGUP_LAB_DIR'}),
  }

  async run(): Promise<Status> {
    const {flags} = await this.parse(LabStatus)
    const [{labFolder}, {labStatus}, {labStatusText}] = await Promise.all([
      import('../../src/lab/server/lab-folder.ts'),
      import('../../src/lab/server/background.ts'),
      import('../../src/lab/server/lab-text.ts'),
    ])
    const dir = labFolder(flags.dir)
    const status = await labStatus(dir)
    if (!status)
      throw new OpsError('unreachable', `no practice ring runs in ${dir}`, {hint: 'start one: ringup lab up'})
    this.print(labStatusText(status, Date.now()))
    return status
  }
}
