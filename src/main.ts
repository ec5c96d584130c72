#!/usr/bin/env node
/**
 * The way in: what can be answered without oclif is answered here, else the command is run. The only place that decides
 * the exit status.
 */
import {fileURLToPath} from 'node:url'
import {type QuickAnswer, quickAnswer} from './cli/first-look.ts'
import {tolerateLostOutput} from './cli/lost-output.ts'
import {exitCodes} from './errors.ts'

const argv = process.argv.slice(2)

const root = fileURLToPath(new URL('../..', import.meta.url))

// all of it is ours; loading what makes the text of others safe would slow --version down by a tenth
tolerateLostOutput(text => void process.stderr.write(text))
void answer(quickAnswer(argv))

/** Each loads what it needs, and nothing else. */
async function answer(quick: QuickAnswer | undefined): Promise<void> {
  switch (quick) {
    case 'version': {
      const {readManifest} = await import('./cli/manifest.ts')
      process.stdout.write(`ringup ${readManifest(root).version}\n`)
      break
    }
    case 'completion': {
      const [{completions}, {readManifest}, {writeOut}] = await Promise.all([
        import('./actions/complete.ts'),
        import('./cli/manifest.ts'),
        import('./cli/output.ts'),
      ])
      writeOut(await completions(argv, () => readManifest(root)))
      break
    }
    case 'help': {
      const {answerHelp} = await import('./cli/help.ts')
      process.exitCode = answerHelp(argv, root)
      break
    }
    default: {
      const [{homeFolder}, {readManifest}, {loadProgram}] = await Promise.all([
        import('./who-is-here.ts'),
        import('./cli/manifest.ts'),
        import('./start/program.ts'),
      ])
      // libraries ask passwd for these when they are not set, and throw where it does not know this uid
      process.env.HOME ??= homeFolder()
      process.env.SHELL ??= '/bin/sh'
      const manifest = readManifest(root)
      const program = loadProgram(root, argv, manifest)
      process.exitCode = await program.run(argv, root, manifest)
      if (process.exitCode === exitCodes.done) program.keep()
    }
  }
}
