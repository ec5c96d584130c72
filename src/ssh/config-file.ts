/**
 * OpenSSH's ssh_config(5): the options of one host, first value wins. Host, Match and Include are followed here, over
 * the lines that the parser gives; what cannot be decided without running a program is said, not guessed.
 */
import {dirname, join, resolve} from 'node:path'
import {type Directive, type Line, LineType, type Section} from 'ssh-config'
import {patternList} from './pattern.ts'

export type ConfigFiles = {
  /** the lines of a file, as `parse` gives them; undefined when there is none */
  readonly read: (file: string) => readonly Line[] | undefined
  /** files that a pattern of an Include names, sorted */
  readonly expand: (pattern: string) => readonly string[]
  readonly home: string
  /** `~` of an Include, which OpenSSH leaves to glob(3): by $HOME */
  readonly includeHome: string
  readonly localUser: string
}

export type HostOptions = {
  /** keys in lower case; `identityfile` and `certificatefile` gather, of all others the first value counts */
  readonly values: ReadonlyMap<string, readonly string[]>
  /** criteria of Match that were not decided */
  readonly undecided: readonly string[]
}

const gathering = new Set(['identityfile', 'certificatefile'])

export const systemConfig = '/etc/ssh/ssh_config'

/**
 * As OpenSSH, a relative Include is in `~/.ssh`, whatever file it is in; in that of the system, beside it.
 * Throws nothing: lines that are not understood are passed over.
 */
export function optionsFor(
  host: string,
  user: string | undefined,
  files: readonly string[],
  {read, expand, includeHome, localUser}: ConfigFiles,
): HostOptions {
  const values = new Map<string, string[]>(user === undefined ? [] : [['user', [user]]])
  const undecided = new Set<string>()

  const set = (key: string, words: string[]): void => {
    const held = values.get(key)
    if (held === undefined) values.set(key, words)
    else if (gathering.has(key)) held.push(...words)
  }
  const criterion = (key: string, patterns: string[]): boolean => {
    const against = (text: string): boolean => patternList(patterns)(text)
    switch (key) {
      case 'all':
        return true
      case 'host':
        return against((values.get('hostname')?.[0] ?? host).replaceAll('%h', host))
      case 'originalhost':
        return against(host)
      case 'user':
        return against(values.get('user')?.[0] ?? localUser)
      case 'localuser':
        return against(localUser)
      default:
        undecided.add(`Match ${key}`)
        return false
    }
  }
  const applies = (line: Section): boolean => {
    if (/^host$/i.test(line.param)) return patternList(wordsOf(line))(host)
    return criteriaOf(line).every(({key, negated, patterns}) => criterion(key, patterns) !== negated)
  }
  const follow = (lines: readonly Line[], folder: string, depth: number): void => {
    for (const line of lines) {
      if (line.type !== LineType.DIRECTIVE) continue
      const key = line.param.toLowerCase()
      if ('config' in line) {
        if (applies(line)) follow(line.config, folder, depth)
      } else if (key !== 'include') set(key, wordsOf(line))
      // as deep as OpenSSH goes
      else if (depth < 16)
        for (const pattern of wordsOf(line))
          for (const file of expand(included(pattern, includeHome, folder)))
            followFile(file, folder, depth + 1)
    }
  }
  const followFile = (file: string, folder: string, depth: number): void => {
    const lines = read(file)
    if (lines !== undefined) follow(lines, folder, depth)
  }
  for (const file of files)
    followFile(file, file === systemConfig ? dirname(file) : join(includeHome, '.ssh'), 0)
  return {values, undecided: [...undecided]}
}

const wordsOf = ({value}: Directive): string[] =>
  typeof value === 'string' ? [value] : value.map(({val}) => val)

type Criterion = {readonly key: string; readonly negated: boolean; readonly patterns: string[]}

function criteriaOf(line: Section): Criterion[] {
  const found: Criterion[] = []
  for (const [name, value] of Object.entries('criteria' in line ? (line.criteria as object) : {})) {
    const words: string[] =
      typeof value === 'string' ? [value] : (value as {val: string}[]).map(({val}) => val)
    const key = name.toLowerCase()
    found.push({
      key: key.replace(/^!/, ''),
      negated: key.startsWith('!'),
      patterns: words.flatMap(word => word.split(',')),
    })
  }
  return found
}

const included = (pattern: string, home: string, folder: string): string =>
  pattern.startsWith('~/') ? `${home}${pattern.slice(1)}` : resolve(folder, pattern)
