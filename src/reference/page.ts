/** A page of help: a value that is printed on a terminal, as a man page and as Markdown. */
import {changeTexts, reachesCluster} from './changes.ts'
import {
  type ArgEntry,
  type CommandEntry,
  commandsOf,
  commandsOfGroup,
  type FlagEntry,
  groups,
  type Manifest,
  spoken,
  valueName,
} from './manifest.ts'
import type {Block, Section} from './section.ts'
import {topics} from './topics.ts'

export type Page = {
  /** words after `ringup`; none for the overview */
  readonly name: string
  readonly summary: string
  readonly sections: readonly Section[]
}

const purpose = 'Grow Riak clusters: plan what must move, add nodes, watch handoff to the end'

/** All pages: the overview, each group, each command, each topic; `inventory` is a group and a topic at once. */
export const pagesOf = (manifest: Manifest): Page[] => [
  overview(manifest),
  ...commandsOf(manifest).map(commandPage),
  ...Object.keys(groups)
    .filter(group => !Object.hasOwn(topics, group))
    .map(group => groupPage(manifest, group)),
  ...Object.keys(topics).map(topic => topicPage(manifest, topic)),
]

function overview(manifest: Manifest): Page {
  const commands = commandsOf(manifest)
  return page('', purpose, {
    usage: {commands: ['ringup COMMAND [WORDS] [FLAGS]', 'ringup help COMMAND|TOPIC']},
    commands: {
      rows: commands.filter(({id}) => !id.includes(':')).map(({id, summary}) => [id, summary]),
    },
    'groups of commands': {rows: Object.entries(groups)},
    'topics of help': {rows: Object.entries(topics).map(([name, {summary}]) => [name, summary])},
    changes: [
      `The cluster is changed by ${commands
        .filter(({changes}) => reachesCluster(changes))
        .map(({id}) => spoken(id))
        .join(', ')}`,
      'and, from the screen, watch --allow-actions; exec changes what its command does. All others only look.',
    ].join(' '),
    examples: {
      commands: ['ringup init --from riakops@10.20.0.11', 'ringup status', 'ringup plan --add r06,r07,r08'],
    },
  })
}

function groupPage(manifest: Manifest, group: string): Page {
  return page(group, groups[group]!, {
    usage: {commands: [`ringup ${group} COMMAND [WORDS] [FLAGS]`]},
    ...groupSections(manifest, group),
  })
}

function groupSections(manifest: Manifest, group: string): Readonly<Record<string, Block>> {
  const commands = commandsOfGroup(manifest, group)
  return {
    commands: {rows: commands.map(({id, summary}) => [spoken(id), summary])},
    changes: {rows: commands.map(({id, changes}) => [spoken(id), changeTexts[changes]])},
    examples: {commands: commands.flatMap(command => examplesOf(command).slice(0, 1))},
  }
}

function topicPage(manifest: Manifest, topic: string): Page {
  const {summary, sections} = topics[topic]!
  const own = {name: topic, summary, sections}
  if (!Object.hasOwn(groups, topic)) return own
  return {...own, sections: [...sections, ...page(topic, summary, groupSections(manifest, topic)).sections]}
}

function commandPage(command: CommandEntry): Page {
  const {id, summary, description, changes} = command
  const args = Object.values(command.args)
  const flags = Object.values(command.flags)
  return page(spoken(id), summary, {
    usage: {commands: [usageOf(command)]},
    arguments: {rows: args.map(arg => [argTerm(arg, command), argText(arg)])},
    flags: flagRows(flags.filter(({name}) => !common.has(name))),
    'common flags': flagRows(flags.filter(({name}) => common.has(name))),
    description: description ?? '',
    changes: changeTexts[changes],
    examples: {commands: examplesOf(command)},
  })
}

/** Flags that nearly all commands have come last. */
const common: ReadonlySet<string> = new Set(['inventory', 'transport', 'json'])

const flagRows = (flags: readonly FlagEntry[]): Block => ({
  rows: flags.map(flag => [flagTerm(flag), flagText(flag)]),
})

/** Sections with nothing in them are left out. */
const page = (name: string, summary: string, sections: Readonly<Record<string, Block>>): Page => ({
  name,
  summary,
  sections: Object.entries(sections)
    .filter(
      ([, block]) =>
        block !== '' && (typeof block === 'string' || Object.values(block).some(({length}) => length > 0)),
    )
    .map(([heading, block]) => ({heading, blocks: [block]})),
})

const examplesOf = ({examples = []}: CommandEntry): string[] =>
  examples.map(example => example.replaceAll('<%= config.bin %>', 'ringup'))

function usageOf(command: CommandEntry): string {
  if (command.usage !== undefined) return `ringup ${command.usage}`
  const args = Object.values(command.args).map(arg => argTerm(arg, command))
  const needed = Object.values(command.flags)
    .filter(({required}) => required)
    .map(flag => `--${flag.name} ${valueName(flag)}`)
  return ['ringup', spoken(command.id), ...args, ...needed, '[FLAGS]'].join(' ')
}

function argTerm({name, required, options}: ArgEntry, {strict}: CommandEntry): string {
  const term = `${options?.join('|') ?? name.toUpperCase()}${strict ? '' : '...'}`
  return required ? term : `[${term}]`
}

const argText = ({description = ''}: ArgEntry): string => description

const flagTerm = (flag: FlagEntry): string => {
  const {char, name, allowNo, type, multiple} = flag
  const value = type === 'option' ? ` ${valueName(flag)}${multiple ? '...' : ''}` : ''
  return `${char ? `-${char}, ` : '    '}--${allowNo ? '[no-]' : ''}${name}${value}`
}

function flagText({summary, description = '', default: fallback, env, required}: FlagEntry): string {
  const notes = [
    ...(required ? ['required'] : []),
    ...(typeof fallback === 'string' || typeof fallback === 'number' ? [`default: ${fallback}`] : []),
    ...(env === undefined ? [] : [`variable: ${env}`]),
  ]
  return `${summary ?? description}${notes.length === 0 ? '' : ` [${notes.join('; ')}]`}`
}
