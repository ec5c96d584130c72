import {Flags} from '@oclif/core'
import {RingupCommand} from '../../src/cli/command.ts'
import {backendNames} from '../../src/lab/model/backend.ts'
import {labVersions} from '../../src/lab/riak/release.ts'
import type {LabStatus} from '../../src/lab/server/control.ts'

type Range = {readonly default: number; readonly min: number; readonly max?: number}

const number = (summary: string, range: Range) => Flags.integer({summary, helpValue: 'N', ...range})

export default class LabUp extends RingupCommand {
  static override summary = 'Start a practice cluster on this machine'
  static override readonly changes = 'practice'
  static override description =
    'Hosts that answer over real SSH as a release of Riak does, served by one process in the background. Each has an address 127.x.y.z; where loopback has 127.0.0.1 alone, as on macOS, each has a port of it. They hold no real data.'
  static override examples = ['<%= config.bin %> lab up', '<%= config.bin %> lab up --nodes 3 --spare 1']
  static override flags = {
    nodes: number('members of the cluster', {default: 5, min: 1}),
    spare: number('hosts with Riak installed and stopped', {default: 3, min: 0}),
    ring: number('partitions', {default: 64, min: 8, max: 1024}),
    speed: number('how much faster than real time', {default: 20, min: 1, max: 1000}),
    bytes: Flags.string({summary: 'data of each node', default: '3GB', helpValue: 'SIZE'}),
    seed: Flags.integer({summary: 'of all that happens by chance', helpValue: 'N', min: 0}),
    subnet: Flags.string({
      summary: 'first three numbers of the addresses in node names; else any',
      helpValue: '127.77.1',
    }),
    port: Flags.integer({
      summary: 'SSH port, the first of several where hosts share an address; else 2222, or any',
      helpValue: 'N',
      min: 1,
      max: 65_535,
    }),
    dir: Flags.string({
      summary: 'folder for inventory, keys and log',
      helpValue: 'DIR',
      env: 'RINGUP_LAB_DIR',
    }),
    backend: Flags.option({
      summary: 'what its vnodes keep their data in; else bitcask, from 3.4 leveled',
      options: backendNames,
    })(),
    release: Flags.string({
      summary: 'release of Riak whose commands and start scripts the hosts have',
      options: [...labVersions],
      default: '3.2.3',
    }),
    foreground: Flags.boolean({summary: 'serve until interrupted, without a second process'}),
  }

  async run(): Promise<LabStatus> {
    const {flags} = await this.parse(LabUp)
    const [{labFolder}, {labOptions}, {startedText}] = await Promise.all([
      import('../../src/lab/server/lab-folder.ts'),
      import('../../src/lab/server/lab-request.ts'),
      import('../../src/lab/server/lab-text.ts'),
    ])
    const dir = labFolder(flags.dir)
    const options = labOptions(flags)
    if (!flags.foreground) {
      const {startInBackground} = await import('../../src/lab/server/background.ts')
      const self = [process.execPath, process.argv[1]!, 'lab', 'up', ...this.argv, '--foreground']
      const status = await startInBackground(dir, self)
      this.print(startedText(status))
      return status
    }
    const [{serveLab, stopOnSignals}, {logLine}] = await Promise.all([
      import('../../src/lab/server/serve-lab.ts'),
      import('../../src/lab/server/command-log.ts'),
    ])
    const served = await serveLab(dir, {...options, note: message => this.say(message)})
    served.lab.onCommand(command => this.say(logLine(command)))
    stopOnSignals(served)
    this.print(startedText(served.status()))
    await served.ended
    return served.status()
  }
}
