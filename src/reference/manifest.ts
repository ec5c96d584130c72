/** What the commands say of themselves, as the build writes it to `oclif.manifest.json`, and the ways through it. */
import type {Changes} from './changes.ts'

export type Manifest = {
  readonly version: string
  readonly commands: Readonly<Record<string, CommandEntry>>
}

export type CommandEntry = {
  /** `grow:next` */
  readonly id: string
  readonly summary: string
  readonly description?: string
  /** instead of what arguments and flags tell */
  readonly usage?: string
  readonly changes: Changes
  readonly examples?: readonly string[]
  readonly args: Readonly<Record<string, ArgEntry>>
  readonly flags: Readonly<Record<string, FlagEntry>>
  /** false: any number of words */
  readonly strict: boolean
}

export type ArgEntry = {
  readonly name: string
  readonly description?: string
  readonly required?: boolean
  readonly options?: readonly string[]
}

export type FlagEntry = {
  readonly name: string
  readonly type: 'boolean' | 'option'
  readonly char?: string
  readonly summary?: string
  readonly description?: string
  readonly required?: boolean
  readonly default?: unknown
  readonly env?: string
  readonly helpValue?: string
  readonly options?: readonly string[]
  readonly multiple?: boolean
  readonly delimiter?: string
  readonly allowNo?: boolean
}

/** What groups of commands are about. */
export const groups: Readonly<Record<string, string>> = {
  grow: "Growth over days: what a campaign takes, today's batch, how far it is",
  hosts: 'The hosts of the inventory: make their keys known',
  inventory: 'The ring you want, as a file: check it and show it',
  lab: 'A practice cluster over real SSH on this machine',
  lock: 'The lock that keeps two runs apart',
  runs: 'Runs and their journals: list, show, resume',
  throttle: 'Limits of transfers: shown, set, as clients can bear them, brought back',
}

/** `grow:next` -> `grow next` */
export const spoken = (id: string): string => id.replaceAll(':', ' ')

export const commandsOf = ({commands}: Manifest): CommandEntry[] =>
  Object.values(commands).sort((a, b) => (a.id < b.id ? -1 : 1))

export const commandsOfGroup = (manifest: Manifest, group: string): CommandEntry[] =>
  commandsOf(manifest).filter(({id}) => id.startsWith(`${group}:`))

/** The command that words begin with, and the words that are left for it. */
export function commandOf(
  manifest: Manifest,
  words: readonly string[],
): {readonly command: CommandEntry; readonly rest: readonly string[]} | undefined {
  for (const count of [2, 1]) {
    const id = words.slice(0, count).join(':')
    if (Object.hasOwn(manifest.commands, id)) {
      // `grow:next` is one word
      return {command: manifest.commands[id]!, rest: words.slice(count)}
    }
  }
  return undefined
}

/** What a flag's value is called: `FILE`, or what may be given. */
export const valueName = ({helpValue, options}: FlagEntry): string => helpValue ?? options?.join('|') ?? 'N'

/** What may be typed for it: `--locations`, `--no-locations`. */
export const flagWords = ({name, allowNo}: FlagEntry): string[] =>
  allowNo ? [`--${name}`, `--no-${name}`] : [`--${name}`]
