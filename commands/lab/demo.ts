import {Flags} from '@oclif/core'
import {RingupCommand} from '../../src/cli/command.ts'
import {OpsError} from '../../src/errors.ts'
import type {Demo} from '../../src/lab/demo.ts'
import {labVersions} from '../../src/lab/riak/release.ts'

export default class LabDemo extends RingupCommand {
  static override summary = 'Grow a practice cluster by three nodes, and compare the ring with the plan'
  static override readonly changes = 'practice'
  static override description =
    'Starts its own practice cluster, runs status, plan and apply on it, and stops it. Takes less than a minute.'
  static override examples = ['<%= config.bin %> lab demo', '<%= config.bin %> lab demo --release 3.0.16']

  static override flags = {
    release: Flags.string({
      summary: 'release of Riak that the hosts speak',
      options: [...labVersions],
      default: '3.2.3',
    }),
  }

  async run(): Promise<Demo> {
    const {flags} = await this.parse(LabDemo)
    const {nextCommands, runDemo} = await import('../../src/lab/demo.ts')
    const program = process.argv[1]!
    const demo = await runDemo(program, this.jsonEnabled() ? process.stderr : process.stdout, flags.release)
    const {asPlanned, partitions, ms} = demo
    if (asPlanned !== partitions)
      throw new OpsError(
        'partlyDone',
        `only ${asPlanned} of ${partitions} partitions have the owner that was planned`,
      )
    this.print(
      `\nAll ${partitions} partitions have the owner that was planned (${Math.round(ms / 1000)} s). What to type next:\n\n`,
    )
    for (const command of nextCommands(program)) this.print(`  ${command}\n`)
    return demo
  }
}
