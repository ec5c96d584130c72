/** Runs one command and turns whatever it throws into words (or JSON) and an exit code. */
import {Config, run} from '@oclif/core'
import {exitCodes} from '../errors.ts'
import {nearest} from '../nearest.ts'
import {commandOf, flagWords} from '../reference/manifest.ts'
import {failureOf, tellFailure} from './failure.ts'
import {tolerateLostOutput} from './lost-output.ts'
import {readManifest} from './manifest.ts'
import {tellWarnings} from './output.ts'

/** @param root the package's folder, where oclif finds its commands */
export async function runCommand(argv: readonly string[], root: string): Promise<number> {
  // oclif has its own mind about lost output
  tolerateLostOutput()
  tellWarnings()
  // none but ours: oclif would load what a package.json in the user's data folder names
  const config = await Config.load({root, userPlugins: false, devPlugins: false})
  try {
    await run([...argv], config)
    // plan --detailed-exitcode says 2 without failing
    return Number(process.exitCode ?? exitCodes.done)
  } catch (error) {
    const failure = failureOf(error, {
      command: words => commandMeant(words, config.commandIDs),
      flag: flag => flagMeant(flag, argv, root),
    })
    return tellFailure(failure, argv)
  }
}

/** The command that misspelt words were to be; one that takes no more words is meant by what begins with it. */
function commandMeant(words: string, ids: readonly string[]): string | undefined {
  const known = ids.map(id => id.replaceAll(':', ' '))
  const asked = words.replaceAll(':', ' ')
  return known.find(id => asked.startsWith(`${id} `)) ?? nearest(asked, known)
}

function flagMeant(flag: string, argv: readonly string[], root: string): string | undefined {
  const flags = commandOf(readManifest(root), argv)?.command.flags ?? {}
  return nearest(flag, Object.values(flags).flatMap(flagWords))
}
