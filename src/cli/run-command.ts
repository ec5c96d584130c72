/** Runs one command and turns whatever it throws into words (or JSON) and an exit code. */
import {OpsError} from '../errors.ts'
import {nearest} from '../nearest.ts'
import {commandOf, flagWords, type Manifest, spoken} from '../reference/manifest.ts'
import type {RingupCommand} from './command.ts'
import {failureOf, tellFailure} from './failure.ts'
import {tolerateLostOutput} from './lost-output.ts'
import {tellWarnings, writeError} from './output.ts'

/** What loads each command, by its id. */
export type Commands = Readonly<Record<string, () => Promise<{readonly default: unknown}>>>

/** @param root the package's folder */
export async function runCommand(
  argv: readonly string[],
  root: string,
  manifest: Manifest,
  commands: Commands,
): Promise<number> {
  tolerateLostOutput(writeError)
  tellWarnings()
  // thrown where nobody waits for it: Node would print it as it is, and what hosts say may be in it
  process.on('uncaughtException', error => process.exit(tellFailure(failureOf(error), argv)))
  try {
    const command = await loaded(argv, root, manifest, commands)
    // oclif, which is loaded now, has its own mind about it
    tolerateLostOutput()
    return await command.perform()
  } catch (error) {
    return tellFailure(
      failureOf(error, flag => flagMeant(flag, argv, manifest)),
      argv,
    )
  }
}

async function loaded(
  argv: readonly string[],
  root: string,
  manifest: Manifest,
  commands: Commands,
): Promise<RingupCommand> {
  const found = commandOf(manifest, argv)
  const takesNone = found && Object.keys(found.command.args).length === 0
  const load = found && commands[found.command.id]
  if (!load || (takesNone && /^[^-]/.test(found.rest[0] ?? ''))) throw unknownCommand(argv, manifest)
  const {default: Loaded} = await load()
  // every command of ours is one
  return new (Loaded as new (argv: string[], config: object) => RingupCommand)([...found.rest], {
    ...config,
    root,
    version: manifest.version,
  })
}

/**
 * What oclif's commands ask of its `Config`, which would read package.json, look for plugins, and load what a
 * package.json in the user's data folder names.
 */
const config = {
  bin: 'ringup',
  // words were told apart before
  topicSeparator: ':',
  scopedEnvVar: () => undefined,
  scopedEnvVarKeys: () => [],
  runHook: async () => ({successes: [], failures: []}),
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
