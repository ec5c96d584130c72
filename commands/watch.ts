import {Flags} from '@oclif/core'
import {hostFlags, RingupCommand} from '../src/cli/command.ts'

export default class Watch extends RingupCommand {
  static override summary = 'Watch ownership move: N of M partitions, transfers, nodes'
  static override description =
    'A live screen on a terminal; plain lines elsewhere; one JSON document a line with --json. Only reads: one member is asked, less often when it is slow.'
  static override examples = [
    '<%= config.bin %> watch',
    '<%= config.bin %> watch --until settled --timeout 6h',
    '<%= config.bin %> watch --json | jq -c .progress',
  ]
  static override flags = {
    ...hostFlags,
    once: Flags.boolean({summary: 'read once and end', exclusive: ['until', 'timeout']}),
    until: Flags.string({
      summary: 'end when the cluster has settled: several good readings in a row',
      options: ['settled'],
    }),
    timeout: Flags.string({summary: 'end after this long (exit 8)', helpValue: '6h'}),
    interval: Flags.string({summary: 'time between two readings', default: '2s', helpValue: '2s'}),
  }

  async run(): Promise<void> {
    const {flags} = await this.parse(Watch)
    const session = await this.open(flags)
    const [{watchCluster}, {duration}] = await Promise.all([
      import('../src/cli/watch-cluster.ts'),
      import('../src/cli/duration.ts'),
    ])
    await watchCluster(session, {
      json: this.jsonEnabled(),
      once: flags.once,
      untilSettled: flags.until === 'settled',
      timeout: duration(flags.timeout, '--timeout'),
      interval: duration(flags.interval, '--interval')!,
    })
  }
}
