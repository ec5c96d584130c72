import {Flags} from '@oclif/core'
import type {Adoption} from '../src/actions/adopt.ts'
import {RingupCommand} from '../src/cli/command.ts'
import {hostFlags, jumpFlag} from '../src/cli/flags.ts'

export default class Init extends RingupCommand {
  static override summary = 'Write an inventory of a live cluster'
  static override readonly changes = 'localFile'
  static override description =
    'Asks one member for all members, their locations and the data directory, and writes an inventory that plan finds no changes in. Changes nothing on any host, and never a file that is there.'
  static override examples = [
    '<%= config.bin %> init --from riakops@10.20.0.11',
    '<%= config.bin %> init --from riakops@10.20.0.11:2222 --cluster voxring --out vox.yaml',
  ]
  static override flags = {
    from: Flags.string({summary: 'a member, by SSH', helpValue: '[USER@]HOST[:PORT]', required: true}),
    out: Flags.string({summary: 'the file to write', helpValue: 'FILE', default: 'inventory.yaml'}),
    cluster: Flags.string({
      summary:
        'what to call the cluster; default: asked on a terminal, else from its first node: riak-10-20-0-11',
      helpValue: 'NAME',
    }),
    command: Flags.string({summary: 'how riak is called there', helpValue: 'WORDS', default: 'sudo riak'}),
    'identity-file': Flags.string({summary: 'private key; else the agent', helpValue: 'FILE'}),
    'known-hosts': Flags.string({summary: 'default ~/.ssh/known_hosts', helpValue: 'FILE'}),
    transport: hostFlags.transport,
    jump: Flags.string(jumpFlag),
  }

  async run(): Promise<Adoption> {
    const {flags} = await this.parse(Init)
    const [{adoptCluster}, {askFor}, {canAsk}] = await Promise.all([
      import('../src/actions/adopt.ts'),
      import('../src/cli/confirm.ts'),
      import('../src/cli/terminal.ts'),
    ])
    const adoption = await adoptCluster(
      {
        ...flags,
        cluster: flags.cluster,
        identityFile: flags['identity-file'],
        knownHostsFile: flags['known-hosts'],
        proxyJump: flags.jump ?? [],
        way: await this.way(flags),
        label: async proposed => (canAsk() ? askFor('What is this cluster called?', proposed) : proposed),
      },
      fleet => this.closeLater(fleet),
    )
    const {file, cluster, written, members, version, unsure} = adoption
    this.print(
      written
        ? `written: ${file}, ${cluster}: ${members} members, Riak ${version}\nnext: ringup inventory check -i ${file}; ringup status -i ${file}\n`
        : `${file} has all ${members} members already: nothing changed\n`,
    )
    if (written && adoption.records === 'shared')
      this.say(
        `locks and records of runs will lie in /var/tmp of the hosts, where every login may write and what is older than 30 days may go. To keep them for the group of your login there alone: ringup exec all -i ${file} -- sh -c 'sudo install -d -o root -g "$(id -gn)" -m 2770 /var/lib/ringup'`,
      )
    if (unsure.length > 0)
      this.say(
        `${flags.from} leads to one member alone; how the others are reached from here is not known: set address and ssh.port in ${file} of ${unsure.join(', ')}`,
      )
    return adoption
  }
}
