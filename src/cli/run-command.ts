/** Runs one command and turns whatever it throws into words (or JSON) and an exit code. */
import {Config, run} from '@oclif/core'
import {exitCodes} from '../errors.ts'
import {nearest} from '../nearest.ts'
import {errorReport, failureOf} from './failure.ts'
import {tolerateLostOutput} from './lost-output.ts'
import {writeError, writeJson} from './output.ts'
import {stderrLook} from './terminal.ts'

/** @param root the package's folder, where oclif finds its commands */
export async function runCommand(argv: readonly string[], root: string): Promise<number> {
  tolerateLostOutput()
  const config = await Config.load({root})
  try {
    await run([...argv], config)
    // plan --detailed-exitcode says 2 without failing
    return Number(process.exitCode ?? exitCodes.done)
  } catch (error) {
    const failure = failureOf(error, words => commandMeant(words, config.commandIDs))
    if (failure.silent) return failure.exitCode
    if (wantsJson(argv)) writeJson(failure.json, 2)
    else writeError(errorReport(failure, stderrLook()))
    return failure.exitCode
  }
}

const wantsJson = (argv: readonly string[]): boolean => {
  const end = argv.indexOf('--')
  return (end < 0 ? argv : argv.slice(0, end)).includes('--json')
}

/** The command that misspelt words were to be; one that takes no more words is meant by what begins with it. */
function commandMeant(words: string, ids: readonly string[]): string | undefined {
  const known = ids.map(id => id.replaceAll(':', ' '))
  const asked = words.replaceAll(':', ' ')
  return known.find(id => asked.startsWith(`${id} `)) ?? nearest(asked, known)
}
