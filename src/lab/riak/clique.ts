/**
 * The command line library of a running node: finds the command among those registered, reads `key=value` and
 * flags, and refuses with the library's own words. Serves `cluster status|partition|...|location`, `handoff`,
 * `show`, `set` and `describe`.
 */
import {printPretty} from '../erlang/pretty-term.ts'
import {list, type Term} from '../erlang/term.ts'
import {presentIn} from '../model/world.ts'
import {type Element, write} from './clique-output.ts'
import type {Asked, Spoken} from './run.ts'

export type Flags = {readonly node?: string; readonly all?: true}

export type Answer =
  | {readonly elements: readonly Element[]; readonly wait?: number}
  /** the library's error, as a line of text */
  | {readonly error: string}
  | {readonly usage: string}
  /** the call failed as a whole */
  | {readonly crash: Spoken}

export type Command = {
  /** `*` stands for any one word */
  readonly path: readonly string[]
  readonly flags?: readonly ('node' | 'all')[]
  /** names of `key=value` arguments, all of them integers; undefined: none */
  readonly keys?: readonly string[]
  /** nodes named by a flag must be members */
  readonly checksNode?: boolean
  readonly usage: string
  readonly run: (asked: Asked, call: Given) => Answer
}

export type Given = {
  readonly words: readonly string[]
  readonly flags: Flags
  readonly values: Readonly<Record<string, bigint>>
}

export function runCommand(
  asked: Asked,
  commands: readonly Command[],
  args: readonly string[],
  usage: string,
): Spoken {
  const cut = args.findIndex(argument => isFlag(argument) || argument.includes('='))
  const words = cut < 0 ? args : args.slice(0, cut)
  const rest = cut < 0 ? [] : args.slice(cut)
  const command = commands.find(({path}) => isMatch(path, words))
  if (!command) return fail(`${usageFor(commands, words) ?? usage}`)
  const read = readArguments(rest)
  if ('error' in read) return fail(`${read.error}\n`)
  const format = read.format ?? 'human'
  const checked = check(asked, command, read)
  if ('error' in checked) return fail(`${checked.error}\n`)
  if (read.help) return {text: command.usage, last: 'ok'}
  const answer = command.run(asked, {words, ...checked})
  if ('crash' in answer) return answer.crash
  if ('error' in answer) return fail(`${answer.error}\n`)
  if ('usage' in answer) return {text: answer.usage, last: 'ok'}
  const {out, err} = write(answer.elements, format)
  return {text: out, last: 'ok', ...(err === '' ? {} : {err}), wait: answer.wait ?? 0}
}

const fail = (text: string): Spoken => ({text, last: '{error,1}'})

const isFlag = (text: string): boolean => text.startsWith('-') && !/^-\d+$/.test(text)

const isMatch = (path: readonly string[], words: readonly string[]): boolean =>
  path.length === words.length && path.every((word, at) => word === '*' || word === words[at])

/** The usage of the longest beginning that is known, as an error it ends with a blank line. */
function usageFor(commands: readonly Command[], words: readonly string[]): string | undefined {
  for (let length = words.length; length > 1; length -= 1) {
    const begin = words.slice(0, length).join(' ')
    const command = commands.find(
      ({path}) =>
        path
          .filter(word => word !== '*')
          .slice(0, length)
          .join(' ') === begin,
    )
    if (command) return `${command.usage}\n`
  }
  return undefined
}

type Arguments = {
  readonly pairs: readonly (readonly [string, string])[]
  readonly flags: readonly (readonly [string, string | undefined])[]
  readonly help: boolean
  readonly format: string | undefined
}

function readArguments(rest: readonly string[]): Arguments | {readonly error: string} {
  const cut = rest.findIndex(isFlag)
  const pairTexts = cut < 0 ? rest : rest.slice(0, cut)
  const pairs: [string, string][] = []
  for (const text of pairTexts) {
    const [key, ...value] = text.split('=')
    if (value.join('=') === '') return {error: `Empty value in argument: ${JSON.stringify(key)}`}
    pairs.push([key!, value.join('=')])
  }
  const flags: [string, string | undefined][] = []
  const left = cut < 0 ? [] : [...rest.slice(cut)]
  while (left.length > 0) {
    const text = left.shift()!
    if (!text.startsWith('-')) return {error: `Invalid flag: ${JSON.stringify(text)}`}
    const long = /^--([^=]*)(?:=(.*))?$/s.exec(text)
    if (long) flags.push([long[1]!, long[2] ?? valueFrom(left)])
    else flags.push([text[1]!, text.length > 2 ? text.slice(2) : valueFrom(left)])
  }
  const isGlobal = ([name]: readonly [string, string | undefined]): boolean =>
    ['h', 'help', 'format'].includes(name)
  return {
    pairs,
    flags: flags.filter(flag => !isGlobal(flag)),
    help: flags.some(([name]) => name === 'h' || name === 'help'),
    format: flags.find(([name]) => name === 'format')?.[1],
  }
}

const valueFrom = (left: string[]): string | undefined =>
  left[0] !== undefined && !left[0].startsWith('-') ? left.shift() : undefined

function check(
  {node}: Asked,
  {flags: allowed = [], keys = [], checksNode = true}: Command,
  {pairs, flags}: Arguments,
): Pick<Given, 'flags' | 'values'> | {readonly error: string} {
  const values: Record<string, bigint> = {}
  for (const [key, value] of pairs) {
    if (keys.length === 0)
      return {error: `Invalid arguments: ${pairs.map(pair => `${pair.join('=')} `).join('')}`}
    if (!keys.includes(key)) return {error: `Invalid key: ${JSON.stringify(key)}`}
    if (!/^-?\d+$/.test(value)) return {error: `Invalid argument: {${key},${JSON.stringify(value)}}`}
    values[key] = BigInt(value)
  }
  const found: {node?: string; all?: true} = {}
  if (allowed.length === 0 && flags.length > 0)
    return {error: `Invalid Flags: ${printPretty(list(flags.map(flagTerm)))}`}
  for (const [name, value] of flags) {
    const flag = allowed.find(known => known === name || known[0] === name)
    if (flag === undefined) return {error: `Invalid key: ${JSON.stringify(name)}`}
    if (flag === 'all') found.all = true
    else {
      if (value === undefined || (checksNode && !presentIn(node.view.ring).includes(value)))
        return {error: 'Invalid node name'}
      found.node = value
    }
  }
  return {flags: found, values}
}

const flagTerm = ([name]: readonly [string, string | undefined]): Term =>
  name.length === 1 ? name.codePointAt(0)! : name
