/** Answers a shell that asks what may come next: quickly, silently, and with harmless words only. */

import {mostBytes, readText} from '../read-text.ts'
import {type Choice, type Next, whatIsNext} from '../reference/completion.ts'
import type {Manifest} from '../reference/manifest.ts'
import {stateDir} from '../state/state-dir.ts'
import {listRuns} from '../state/store.ts'
import {homeFolder} from '../who-is-here.ts'

/** What no shell does anything with, and is no flag. Other names are not offered, and can be typed. */
const harmless = /^[A-Za-z0-9][A-Za-z0-9._@-]*$/

/** The same for what was typed already: bash gets it back without its quotes. */
const harmlessBefore = /^[A-Za-z0-9._@=,-]*$/

/** A word a line. @param argv `__complete SHELL WORD...`, the last word being typed; whatever goes wrong, nothing is said */
export async function completions(argv: readonly string[], manifest: () => Manifest): Promise<string> {
  const [, shell = '', ...words] = argv
  try {
    const {all, cut} = shell === 'bash' ? joined(words) : {all: words, cut: 0}
    const next = whatIsNext(manifest(), all)
    const {words: dynamic, shellCompletes} = await lookUp(next)
    const offered = harmlessBefore.test(next.before) ? [...next.choices, ...dynamic] : []
    const lines = offered
      .filter(({word}) => word.startsWith(next.part) && !next.taken.includes(word))
      .map(({word, meaning}) => {
        const line = (next.before + word + next.after).slice(cut)
        return meaning === undefined || shell === 'bash' ? line : `${line}\t${meaning}`
      })
    if (shellCompletes !== undefined) lines.push(`:${shellCompletes}`)
    return lines.map(line => `${line}\n`).join('')
  } catch {
    // an error in the middle of a line that is being typed helps nobody
    return ''
  }
}

/**
 * Words as bash has them: raw, and broken at `=`. `--out`, `=`, `"my file"` -> `--out=my file`; `cut` is how much of the
 * last word bash keeps by itself.
 */
function joined(words: readonly string[]): {readonly all: string[]; readonly cut: number} {
  const all: string[] = []
  let cut = 0
  words.forEach((word, at) => {
    const last = all.length - 1
    const goesOn = all.length > 0 && (word === '=' || words[at - 1] === '=')
    cut = goesOn ? all[last]!.length + (word === '=' ? 1 : 0) : 0
    if (goesOn) all[last] += unquoted(word)
    else all.push(unquoted(word))
  })
  return {all, cut}
}

/** Quotes and backslashes taken away, nothing expanded but `~`. */
const unquoted = (word: string): string =>
  word
    .replace(/^~(?=\/)/, homeFolder())
    .replace(/\\(.)|["']/gs, (_, escaped: string | undefined) => escaped ?? '')

type LookedUp = {
  readonly words: readonly Choice[]
  readonly shellCompletes?: 'files' | 'json' | 'folders'
}

async function lookUp({source, inventory}: Next): Promise<LookedUp> {
  switch (source) {
    case 'nothing':
      return {words: []}
    case 'files':
    case 'json':
    case 'folders':
      return {words: [], shellCompletes: source}
    case 'runs':
      return {words: runs()}
    case 'checks': {
      const {allChecks} = await import('../check/run-checks.ts')
      return {words: allChecks.map(({id, title}) => ({word: id, meaning: title}))}
    }
    case 'runs-or-json':
      return {words: runs(), shellCompletes: 'json'}
    default:
      return {words: await hosts(inventory, source === 'host-groups')}
  }
}

const harmlessChoices = (words: readonly string[]): Choice[] =>
  words.filter(word => harmless.test(word)).map(word => ({word}))

const runs = (): Choice[] => harmlessChoices(listRuns(stateDir()))

async function hosts(named: string | undefined, groups: boolean): Promise<Choice[]> {
  const text = textOf(named || process.env.RINGUP_INVENTORY || 'inventory.yaml')
  const {hostNames} = await import('../inventory/host-names.ts')
  const {names, locations} = hostNames(text)
  return harmlessChoices(groups ? [...names, ...locations, 'all', 'members', 'spares'] : names)
}

/** Nothing where it cannot be read: the groups that every inventory has are offered all the same. */
function textOf(inventory: string): string {
  try {
    return readText(inventory, {what: 'the inventory', most: mostBytes.inventory})
  } catch {
    return ''
  }
}
