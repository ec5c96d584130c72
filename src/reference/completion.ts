/** What may come next in a line that is being typed. */
import {
  type ArgEntry,
  type CommandEntry,
  commandOf,
  commandsOf,
  commandsOfGroup,
  type FlagEntry,
  flagWords,
  groups,
  type Manifest,
  spoken,
} from './manifest.ts'
import {topics} from './topics.ts'

/** Where words come from that the manifest does not know. */
export type Source =
  | 'nothing'
  /** names of hosts */
  | 'hosts'
  /** the same, and locations, `all`, `members`, `spares` */
  | 'host-groups'
  | 'checks'
  | 'runs'
  /** a run, or a JSON file */
  | 'runs-or-json'
  | 'json'
  | 'files'
  | 'folders'

export type Choice = {readonly word: string; readonly meaning?: string}

export type Next = {
  /** what stands in the word before the part that is to be completed: `--add=r06,` */
  readonly before: string
  readonly part: string
  /** what a completed word goes on with: `=` */
  readonly after: string
  readonly choices: readonly Choice[]
  readonly source: Source
  /** the file that --inventory names */
  readonly inventory?: string
  /** stand there already, and are not offered again */
  readonly taken: readonly string[]
}

/** By the name of an argument. */
const ofArgument: Readonly<Record<string, Source>> = {
  host: 'hosts',
  old: 'hosts',
  new: 'hosts',
  run: 'runs',
  what: 'runs-or-json',
  plan: 'json',
  campaign: 'json',
}

/** By what a flag's value is called in help. */
const ofValue: Readonly<Record<string, Source>> = {
  HOST: 'hosts',
  'OLD=NEW': 'hosts',
  FILE: 'files',
  DIR: 'folders',
}

/** By a flag's name, where that tells more. */
const ofFlag: Readonly<Record<string, Source>> = {only: 'checks', skip: 'checks', 'skip-check': 'checks'}

const takesGroups: ReadonlySet<string> = new Set(['exec', 'hosts:trust'])

const nothing = {before: '', after: '', choices: [], source: 'nothing', taken: []} as const

/** @param words all after `ringup` up to the cursor; the last one is being typed and may be empty */
export function whatIsNext(manifest: Manifest, words: readonly string[]): Next {
  const done = words.slice(0, -1)
  const typed = words.at(-1) ?? ''
  const found = commandOf(manifest, done)
  if (!found) return {...nothing, part: typed, choices: firstWords(manifest, done, typed)}
  if (found.command.id === 'help')
    return {...nothing, part: typed, choices: firstWords(manifest, found.rest, typed, true)}
  return ofCommand(found.command, found.rest, typed)
}

/** Commands and groups, or the commands of a group that was typed; topics where help is asked for. */
function firstWords(manifest: Manifest, done: readonly string[], typed: string, help = false): Choice[] {
  const [group] = done
  if (done.length === 1 && Object.hasOwn(groups, group!))
    return commandsOfGroup(manifest, group!).map(({id, summary}) => ({
      word: spoken(id).slice(group!.length + 1),
      meaning: summary,
    }))
  if (done.length > 0) return []
  if (typed.startsWith('-'))
    return help
      ? []
      : [
          {word: '--help', meaning: 'commands and topics'},
          {word: '--version', meaning: 'which ringup this is'},
        ]
  const named = {
    ...Object.fromEntries(
      commandsOf(manifest)
        .filter(({id}) => !id.includes(':'))
        .map(({id, summary}) => [id, summary]),
    ),
    ...(help ? Object.fromEntries(Object.entries(topics).map(([name, {summary}]) => [name, summary])) : {}),
    ...groups,
  }
  return Object.entries(named)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([word, meaning]) => ({word, meaning}))
}

function ofCommand(command: CommandEntry, done: readonly string[], typed: string): Next {
  const {given, waiting, positional, ended} = readWords(command, done)
  const inventory = given.get('inventory')?.at(-1)
  const earlier = ({name}: FlagEntry): string[] => given.get(name)?.flatMap(value => value.split(',')) ?? []
  const common = {taken: positional, ...(inventory === undefined ? {} : {inventory})}
  if (ended) return {...nothing, ...common, part: typed, source: command.id === 'exec' ? 'files' : 'nothing'}
  if (waiting) return {...common, ...ofFlagValue(waiting, '', typed, earlier(waiting))}
  const [, name, value] = /^--([\w-]+)=(.*)$/s.exec(typed) ?? []
  const flag = name === undefined ? undefined : command.flags[name]
  if (flag?.type === 'option') return {...common, ...ofFlagValue(flag, `--${name}=`, value!, earlier(flag))}
  const flags = flagChoices(command, given)
  if (typed.startsWith('-')) return {...nothing, ...common, part: typed, choices: flags}
  const args = Object.values(command.args)
  const arg = args[positional.length] ?? (command.strict ? undefined : args.at(-1))
  if (!arg) return {...nothing, ...common, part: typed, choices: flags}
  return {...nothing, ...common, part: typed, ...ofArg(command, arg)}
}

const ofArg = (command: CommandEntry, {name, options}: ArgEntry): Pick<Next, 'choices' | 'source'> => {
  if (options) return {choices: options.map(word => ({word})), source: 'nothing'}
  const source = ofArgument[name] ?? 'nothing'
  return {choices: [], source: source === 'hosts' && takesGroups.has(command.id) ? 'host-groups' : source}
}

function ofFlagValue(
  flag: FlagEntry,
  before: string,
  typed: string,
  earlier: readonly string[],
): Omit<Next, 'inventory'> {
  const {name, options, helpValue = '', delimiter} = flag
  // the last of `r06,r07`, the second of `r03=r12`
  const start = Math.max(
    delimiter === undefined ? 0 : typed.lastIndexOf(delimiter) + 1,
    helpValue === 'OLD=NEW' ? typed.indexOf('=') + 1 : 0,
  )
  return {
    before: before + typed.slice(0, start),
    part: typed.slice(start),
    after: helpValue === 'OLD=NEW' && start === 0 ? '=' : '',
    choices: (options ?? []).map(word => ({word})),
    source: ofFlag[name] ?? ofValue[helpValue] ?? 'nothing',
    taken: [...earlier, ...typed.slice(0, start).split(/[,=]/)].filter(Boolean),
  }
}

/** Flags that may still be given. */
const flagChoices = ({flags}: CommandEntry, given: ReadonlyMap<string, unknown>): Choice[] => [
  ...Object.values(flags)
    .filter(({name, multiple}) => multiple || !given.has(name))
    .flatMap(flag => flagWords(flag).map(word => ({word, meaning: flag.summary ?? flag.description ?? ''}))),
  {word: '--help', meaning: 'what it does, with examples'},
]

type ReadWords = {
  /** flags, with their values */
  readonly given: ReadonlyMap<string, readonly string[]>
  /** the flag whose value comes next */
  readonly waiting: FlagEntry | undefined
  readonly positional: readonly string[]
  /** after `--` */
  readonly ended: boolean
}

function readWords({flags}: CommandEntry, words: readonly string[]): ReadWords {
  const given = new Map<string, string[]>()
  const positional: string[] = []
  let waiting: FlagEntry | undefined
  const give = (name: string, value: string): void => {
    given.set(name, [...(given.get(name) ?? []), value])
    waiting = undefined
  }
  for (const word of words) {
    if (waiting) give(waiting.name, word)
    else if (word === '--') return {given, waiting, positional, ended: true}
    else if (word.startsWith('-') && word !== '-') {
      const {flag, value} = flagOf(flags, word)
      if (!flag) continue
      if (flag.type === 'option' && value === undefined) waiting = flag
      else give(flag.name, value ?? '')
    } else positional.push(word)
  }
  return {given, waiting, positional, ended: false}
}

/** `--out=FILE`, `--out`, `--no-wait`, `-iFILE`, `-i` */
function flagOf(
  flags: CommandEntry['flags'],
  word: string,
): {readonly flag: FlagEntry | undefined; readonly value: string | undefined} {
  const long = /^--([\w-]+)(?:=(.*))?$/s.exec(word)
  if (long) return {flag: flags[long[1]!] ?? flags[long[1]!.replace(/^no-/, '')], value: long[2]}
  const flag = Object.values(flags).find(({char}) => char === word[1])
  return {flag, value: word.slice(2) || undefined}
}
