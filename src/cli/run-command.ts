/** Runs one command and turns whatever it throws into words (or JSON) and an exit code. */
import {Config} from '@oclif/core'
import {OpsError} from '../errors.ts'
import {nearest} from '../nearest.ts'
import {commandOf, flagWords, type Manifest, spoken} from '../reference/manifest.ts'
import {readManifest} from '../reference/read-manifest.ts'
import type {RingupCommand} from './command.ts'
import {failureOf, tellFailure} from './failure.ts'
import {tolerateLostOutput} from './lost-output.ts'
import {tellWarnings} from './output.ts'

/** @param root where oclif finds its commands */
export async function runCommand(argv: readonly string[], root: string): Promise<number> {
  // oclif has its own mind about lost output
  tolerateLostOutput()
  tellWarnings()
  // thrown where nobody waits for it: Node would print it as it is, and what hosts say may be in it
  process.on('uncaughtException', error => process.exit(tellFailure(failureOf(error), argv)))
  const manifest = readManifest(root)
  try {
    const command = await loaded(argv, root, manifest)
    return await command.perform()
  } catch (error) {
    return tellFailure(
      failureOf(error, flag => flagMeant(flag, argv, manifest)),
      argv,
    )
  }
}

async function loaded(argv: readonly string[], root: string, manifest: Manifest): Promise<RingupCommand> {
  const found = commandOf(manifest, argv)
  const takesNone = found && Object.keys(found.command.args).length === 0
  if (!found || (takesNone && /^[^-]/.test(found.rest[0] ?? ''))) throw unknownCommand(argv, manifest)
  // none but ours: oclif would load what a package.json in the user's data folder names
  const config = await Config.load({root, userPlugins: false, devPlugins: false})
  const Loaded = await config.findCommand(found.command.id, {must: true}).load()
  // every command of ours is one
  return new (Loaded as unknown as new (argv: string[], config: Config) => RingupCommand)(
    [...found.rest],
    config,
  )
}

function unknownCommand(argv: readonly string[], {commands}: Manifest): OpsError {
  const flags = argv.findIndex(word => word.startsWith('-'))
  const words = argv
    .slice(0, flags < 0 ? argv.length : Math.max(1, flags))
    .join(' ')
    .replaceAll(':', ' ')
  const known = Object.keys(commands).map(spoken)
  // one that takes no more words is meant by what begins with it
  const near = known.find(id => words.startsWith(`${id} `)) ?? nearest(words, known)
  return new OpsError('usage', `there is no command ${words}`, {
    hint: near ? `did you mean: ringup ${near}` : 'ringup --help',
  })
}

function flagMeant(flag: string, argv: readonly string[], manifest: Manifest): string | undefined {
  const flags = commandOf(manifest, argv)?.command.flags ?? {}
  return nearest(flag, Object.values(flags).flatMap(flagWords))
}
