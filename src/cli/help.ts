/** Help, made from the manifest without loading a command. */
import {OpsError} from '../errors.ts'
import {nearest} from '../nearest.ts'
import {commandOf, type Manifest, spoken} from '../reference/manifest.ts'
import {type Page, pagesOf} from '../reference/page.ts'
import {pageText} from '../reference/page-text.ts'
import {readManifest} from '../reference/read-manifest.ts'
import {failureOf, tellFailure} from './failure.ts'
import {writeOut} from './output.ts'
import {stdoutLook} from './terminal.ts'

/** Prints the page that `WORDS --help` asks for, and returns the exit code. */
export function answerHelp(argv: readonly string[], root: string): number {
  try {
    writeOut(helpText(argv, root))
    return 0
  } catch (error) {
    return tellFailure(failureOf(error), argv)
  }
}

/** @param words a command, a group or a topic, none: the overview; flags are passed over. Throws an `OpsError`. */
export const helpText = (words: readonly string[], root: string): string =>
  pageText(
    pageAbout(
      words.filter(word => !word.startsWith('-')),
      readManifest(root),
    ),
    stdoutLook(),
  )

function pageAbout(words: readonly string[], manifest: Manifest): Page {
  const command = commandOf(manifest, words)?.command
  const name = command ? spoken(command.id) : words.join(' ')
  const pages = pagesOf(manifest)
  const found = pages.find(page => page.name === name)
  if (found) return found
  const near = nearest(
    name,
    pages.map(page => page.name),
  )
  throw new OpsError('usage', `there is no command or topic ${name}`, {
    hint: near ? `did you mean: ringup help ${near}` : 'ringup help names them all',
  })
}
