/**
 * Loads the bundle that has the commands, with what V8 made of it the last time: compiling it takes longer than
 * running most commands. docs/decisions/0022 says why it is kept per user and not in the package.
 */
import {readFileSync} from 'node:fs'
import {createRequire} from 'node:module'
import {dirname, join} from 'node:path'
import {pathToFileURL} from 'node:url'
import {Script} from 'node:vm'
import {commandOf, type Manifest} from '../reference/manifest.ts'
import {keepCode, keptCode} from './code-cache.ts'

type Program = {
  /** Runs the command and returns its exit code. */
  readonly run: (argv: readonly string[], root: string, manifest: Manifest) => Promise<number>
  /** To be called when the command has ended: what was compiled is kept for the next time. */
  readonly keep: () => void
}

type Exports = Pick<Program, 'run'>

/** The text of a bundle, as build.mjs makes it. */
type Bundle = (
  exports: Partial<Exports>,
  require: NodeJS.Require,
  module: {exports: Exports},
  folder: string,
  screen: () => Promise<unknown>,
) => void

/** @param root the package's folder */
export function loadProgram(root: string, argv: readonly string[], manifest: Manifest): Program {
  const file = join(root, 'dist', 'programs', argv[0] === 'lab' ? 'lab.js' : 'ringup.js')
  // it is ASCII; as UTF-8 it would be looked through first
  const source = readFileSync(file, 'latin1')
  const id = commandOf(manifest, argv)?.command.id
  const place = id === undefined ? undefined : {id, stamp: source.slice(-64)}
  const cachedData = place && keptCode(place)
  const script = new Script(source, {filename: file, ...(cachedData && {cachedData})})
  const bundle = script.runInThisContext() as Bundle
  const module = {exports: {} as Exports}
  const screen = (): Promise<unknown> =>
    import(pathToFileURL(join(root, 'dist', 'src', 'tui', 'run-view.mjs')).href)
  bundle(module.exports, createRequire(file), module, dirname(file), screen)
  return {
    run: module.exports.run,
    keep: () => {
      if (place && (!cachedData || script.cachedDataRejected)) keepCode(place, script.createCachedData())
    },
  }
}
