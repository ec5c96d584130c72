/**
 * `npm run release -- VERSION [--dry-run]`, in the folder of the project: the version is written, what it changes is made
 * anew, the packages are made, and one commit and one tag hold it. Nothing is pushed or published. Where a step fails, the
 * files are as before.
 */
import {execFileSync} from 'node:child_process'
import {readFileSync, statSync, utimesSync, writeFileSync} from 'node:fs'
import {parseArgs} from 'node:util'
import {asReleased, refusal} from './changelog.ts'

const lock = 'package-lock.json'
/** all that a release changes */
const files = ['package.json', lock, 'CHANGELOG.md', 'docs/reference.md']

type Step = {readonly does: string; readonly run: () => void}

const say = (line: string): void => void process.stderr.write(`release: ${line}\n`)
const git = (...words: string[]): string => execFileSync('git', words, {encoding: 'utf8'}).trimEnd()
const lines = (text: string): string[] => text.split('\n').filter(Boolean)
const npm = (...words: string[]): void =>
  void execFileSync('npm', words, {stdio: ['ignore', 'inherit', 'inherit']})

const steps = (version: string, changelog: string, day: string): Step[] => [
  {
    does: `CHANGELOG.md: "Unreleased" becomes "${version} (${day})"`,
    run: () => writeFileSync('CHANGELOG.md', asReleased(changelog, version, day)),
  },
  {does: `package.json, ${lock}: version ${version}`, run: () => writeVersion(version)},
  {
    does: 'npm run reference: manifest, man pages, docs/reference.md',
    run: () => npm('run', 'reference', '--silent'),
  },
  {does: 'npm run package: dist/package', run: () => npm('run', 'package', '--silent')},
  {does: `git commit: Release ${version}`, run: () => commit(version)},
  {does: `git tag: v${version}`, run: () => void git('tag', '-a', `v${version}`, '-m', `ringup ${version}`)},
]

/** What is installed stays so: a newer lock file would have it installed again. */
function writeVersion(version: string): void {
  const {atime, mtime} = statSync(lock)
  npm('version', version, '--no-git-tag-version', '--allow-same-version', '--ignore-scripts')
  utimesSync(lock, atime, mtime)
}

/** @throws when something else than a release's files was changed on the way */
function commit(version: string): void {
  const others = lines(git('status', '--porcelain')).filter(line => !files.includes(line.slice(3)))
  if (others.length > 0)
    throw new Error(`making it has changed more than a release does:\n${others.join('\n')}`)
  git('commit', '--quiet', '-m', `Release ${version}`, '--', ...files)
}

/** Why there is no release; undefined: it was made, or said. */
function release(version: string, dryRun: boolean): string | undefined {
  const changed = lines(git('status', '--porcelain'))
  if (changed.length > 0) return `the tree is not clean:\n${changed.join('\n')}`
  const changelog = readFileSync('CHANGELOG.md', 'utf8')
  const why = refusal(version, {changelog, tags: lines(git('tag', '--list'))})
  if (why !== undefined) return why
  const before = git('rev-parse', 'HEAD')
  for (const {does, run} of steps(version, changelog, new Date().toISOString().slice(0, 10))) {
    say(dryRun ? `would do: ${does}` : does)
    if (dryRun) continue
    try {
      run()
    } catch (error) {
      git('reset', '--quiet', before)
      git('checkout', '--quiet', '--', ...files)
      return `${messageOf(error)}\nnothing is released; the files are as before`
    }
  }
  say(
    dryRun
      ? 'a dry run: nothing was changed'
      : `nothing is pushed; look at it, then: git push origin HEAD v${version}`,
  )
  return undefined
}

/** Throws when it is not asked as it is to be. */
function asked(): {readonly version: string; readonly dryRun: boolean} {
  const {values, positionals} = parseArgs({
    allowPositionals: true,
    options: {'dry-run': {type: 'boolean', default: false}},
  })
  const [version, ...more] = positionals
  if (version === undefined || more.length > 0) throw new Error('one version is expected')
  return {version, dryRun: values['dry-run']}
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

function main(): number {
  try {
    const {version, dryRun} = asked()
    const why = release(version, dryRun)
    if (why === undefined) return 0
    say(why)
    return 1
  } catch (error) {
    say(`${messageOf(error)}; say: npm run release -- VERSION [--dry-run]`)
    return 64
  }
}

process.exitCode = main()
