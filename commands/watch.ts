import {Flags} from '@oclif/core'
import {RingupCommand} from '../src/cli/command.ts'
import {duration, hostFlags} from '../src/cli/flags.ts'

export default class Watch extends RingupCommand {
  static override summary = 'Watch ownership move: N of M partitions, transfers, nodes'
  static override readonly changes = 'watched'
  static override description =
    'A live screen on a terminal (? shows its keys); elsewhere a line when something changes and one a minute; one JSON document a line with --json. Only reads: one member is asked, less often when it is slow, and each member for its latency and disk every 90 s.'
  static override examples = [
    '<%= config.bin %> watch',
    '<%= config.bin %> watch --until settled --timeout 6h',
    '<%= config.bin %> watch --json | jq -c .progress',
    '<%= config.bin %> watch --replay 20261123-181200-4f2a.jsonl --speed 60',
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
    record: Flags.string({summary: 'write what is read to a file, for --replay', helpValue: 'FILE'}),
    replay: Flags.string({
      summary: 'show a recording, or a run, again; a file needs no host',
      helpValue: 'FILE',
      exclusive: ['once', 'until', 'timeout', 'record'],
    }),
    'allow-actions': Flags.boolean({summary: 'limits may be changed from the screen, with a typed yes'}),
    speed: Flags.integer({summary: 'times as fast as it was', default: 1, min: 1, max: 1000, helpValue: 'N'}),
  }

  async run(): Promise<void> {
    const {flags} = await this.parse(Watch)
    if (flags.replay !== undefined) {
      const [{replay}, {existsSync}] = await Promise.all([
        import('../src/actions/replay.ts'),
        import('node:fs'),
      ])
      const memory = await this.remembered({...flags, local: existsSync(flags.replay)})
      return replay(await this.talk(), flags.replay, {speed: flags.speed, memory})
    }
    const context = await this.open(flags)
    const {watchCluster} = await import('../src/actions/watch.ts')
    await watchCluster(context, {
      once: flags.once,
      untilSettled: flags.until === 'settled',
      timeout: duration(flags.timeout, '--timeout'),
      interval: duration(flags.interval, '--interval')!,
      record: flags.record,
      allowActions: flags['allow-actions'],
    })
  }
}
