/** What can be answered without loading oclif: told from the words alone. */
import {groups} from '../reference/manifest.ts'

/** The first word of a shell that asks what may come next; see `completion`. */
const completing = '__complete'

export type QuickAnswer = 'version' | 'help' | 'completion'

/** Undefined: a command is to be run. */
export function quickAnswer(argv: readonly string[]): QuickAnswer | undefined {
  const [first = '', ...others] = argv
  if (first === completing) return 'completion'
  if (others.length === 0 && (first === '--version' || first === '-v')) return 'version'
  const end = argv.indexOf('--')
  const own = end < 0 ? argv : argv.slice(0, end)
  if (first === '' || own.includes('--help') || own.includes('-h')) return 'help'
  // a group by itself does nothing
  return Object.hasOwn(groups, first) && others.every(word => word.startsWith('-')) ? 'help' : undefined
}
