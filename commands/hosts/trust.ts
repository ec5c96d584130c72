import {Args, Flags, type Interfaces} from '@oclif/core'
import type {Context} from '../../src/actions/context.ts'
import type {TrustReport} from '../../src/actions/trust-report.ts'
import {RingupCommand} from '../../src/cli/command.ts'
import {needConfirmation} from '../../src/cli/confirm.ts'
import {hostFlags, jumpFlag} from '../../src/cli/flags.ts'

export default class HostsTrust extends RingupCommand {
  static override summary = 'Make host keys known: shows all fingerprints, asks, writes known_hosts'
  static override readonly changes = 'localFile'
  static override description =
    'The only way ringup takes a new host key, beside StrictHostKeyChecking accept-new in your ssh_config. A key that has changed, is revoked, or is not as in the file is refused, always.'
  static override examples = [
    '<%= config.bin %> hosts trust',
    '<%= config.bin %> hosts trust r06 r07 r08',
    '<%= config.bin %> hosts trust --from riakops@10.20.0.11:2222',
    '<%= config.bin %> hosts trust --from-file keys-from-the-console --yes',
  ]
  static override strict = false
  static override args = {
    host: Args.string({description: 'hosts, ranges, locations, or: all, members, spares; default all'}),
  }
  static override flags = {
    ...hostFlags,
    from: Flags.string({
      summary: 'one host, by SSH, before there is an inventory',
      helpValue: '[USER@]HOST[:PORT]',
    }),
    'known-hosts': Flags.string({
      summary: 'the file to write, default ~/.ssh/known_hosts',
      helpValue: 'FILE',
      dependsOn: ['from'],
    }),
    jump: Flags.string({...jumpFlag, dependsOn: ['from']}),
    'from-file': Flags.string({
      summary: 'known_hosts lines you trust; only hosts that show these keys are taken',
      helpValue: 'FILE',
    }),
    yes: Flags.boolean({
      char: 'y',
      summary: 'do not ask: the file vouches for the keys',
      dependsOn: ['from-file'],
    }),
  }

  async run(): Promise<TrustReport> {
    const {argv, flags} = await this.parse(HostsTrust)
    const [{trustHosts}, {trustText}, {hostList}] = await Promise.all([
      import('../../src/actions/trust.ts'),
      import('../../src/report/hosts/trust-text.ts'),
      import('../../src/inventory/host-list.ts'),
    ])
    const {fleet, say, ask} = await this.reach(flags, argv.length)
    needConfirmation(flags.yes, 'hosts trust', 'let a file vouch for the keys: --from-file FILE --yes')
    return trustHosts(fleet, {
      hosts: argv as string[],
      fromFile: flags['from-file'],
      show: hosts => (this.jsonEnabled() ? say(trustText(hosts)) : this.print(trustText(hosts))),
      approve: (count, files) =>
        ask.confirm(`Add ${count} host ${count === 1 ? 'key' : 'keys'} to ${hostList(files)}?`),
    })
  }

  private async reach(flags: ReachFlags, named: number): Promise<Pick<Context, 'fleet' | 'say' | 'ask'>> {
    if (flags.from === undefined) return this.open(flags, {tellsLimits: false})
    const [{firstHost}, {OpsError}] = await Promise.all([
      import('../../src/actions/first-host.ts'),
      import('../../src/errors.ts'),
    ])
    if (named > 0)
      throw new OpsError('usage', '--from names the host: no other can be named beside it', {
        hint: `ringup hosts trust --from ${flags.from}`,
      })
    const {fleet} = firstHost({
      from: flags.from,
      knownHostsFile: flags['known-hosts'],
      proxyJump: flags.jump ?? [],
      way: await this.way(flags),
    })
    this.closeLater(fleet)
    return {...(await this.talk()), fleet}
  }
}

type ReachFlags = Interfaces.InferredFlags<typeof HostsTrust.flags>
