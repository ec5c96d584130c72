import {Args} from '@oclif/core'
import {RingupCommand} from '../src/cli/command.ts'

export default class Help extends RingupCommand {
  static override summary = 'What commands do, exit codes, variables, safety: this help'
  static override readonly changes = 'nothing'
  static override description =
    'Of a command it is the same as COMMAND --help. Without words: all commands and topics.'
  static override examples = [
    '<%= config.bin %> help',
    '<%= config.bin %> help exit-codes',
    '<%= config.bin %> help runs resume',
  ]
  static override enableJsonFlag = false
  static override strict = false
  static override args = {about: Args.string({description: 'a command, a group of commands, or a topic'})}

  async run(): Promise<void> {
    const {argv} = await this.parse(Help)
    const {helpText} = await import('../src/cli/help.ts')
    this.print(helpText(argv as string[], this.config.root))
  }
}
