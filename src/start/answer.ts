/**
 * What a line of words is answered with: at once where oclif is not needed, else by the command that they name. The
 * program is this and a process around it.
 */

import {tolerateLostOutput} from '../cli/lost-output.ts'
import {exitCodes} from '../errors.ts'
import {quickAnswer} from './first-look.ts'

/** @param root the package's folder. Returns the exit status; never throws. */
export async function answer(argv: readonly string[], root: string): Promise<number> {
  // all of it is ours; loading what makes the text of others safe would slow --version down by a tenth
  tolerateLostOutput(text => void process.stderr.write(text))
  switch (quickAnswer(argv)) {
    case 'version': {
      const {readManifest} = await import('../reference/read-manifest.ts')
      process.stdout.write(`ringup ${readManifest(root).version}\n`)
      return exitCodes.done
    }
    case 'completion': {
      const [{completions}, {readManifest}, {writeOut}] = await Promise.all([
        import('../actions/complete.ts'),
        import('../reference/read-manifest.ts'),
        import('../cli/output.ts'),
      ])
      writeOut(await completions(argv, () => readManifest(root)))
      return exitCodes.done
    }
    case 'help': {
      const {answerHelp} = await import('../cli/help.ts')
      return answerHelp(argv, root)
    }
    default: {
      const [{homeFolder}, {readManifest}, {loadProgram}] = await Promise.all([
        import('../who-is-here.ts'),
        import('../reference/read-manifest.ts'),
        import('./program.ts'),
      ])
      // libraries ask passwd for these when they are not set, and throw where it does not know this uid
      process.env.HOME ??= homeFolder()
      process.env.SHELL ??= '/bin/sh'
      const manifest = readManifest(root)
      const program = loadProgram(root, argv, manifest)
      const code = await program.run(argv, root, manifest)
      if (code === exitCodes.done) program.keep()
      return code
    }
  }
}
