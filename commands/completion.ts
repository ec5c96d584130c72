import {Args} from '@oclif/core'
import {RingupCommand} from '../src/cli/command.ts'
import {type Shell, shells} from '../src/reference/completion-script.ts'

export default class Completion extends RingupCommand {
  static override summary = 'Print a script that lets your shell complete ringup'
  static override readonly changes = 'nothing'
  static override description =
    'Completes commands, topics, flags and their values, hosts of the inventory, runs, and files. The script asks ringup itself, so it need not be made again after an update. Put its line where your shell starts: ~/.bashrc, ~/.zshrc below compinit, ~/.config/fish/config.fish. ringup must be in PATH.'
  static override examples = [
    'source <(<%= config.bin %> completion bash)',
    'source <(<%= config.bin %> completion zsh)',
    '<%= config.bin %> completion fish | source',
  ]
  static override enableJsonFlag = false
  static override args = {
    shell: Args.string({required: true, options: [...shells], description: 'the shell that you use'}),
  }

  async run(): Promise<void> {
    const {args} = await this.parse(Completion)
    const {completionScript} = await import('../src/reference/completion-script.ts')
    this.print(completionScript(args.shell as Shell))
  }
}
