/** Runs a command line on a practice host: what the login's shell, `sudo`, `env` and `timeout` do with its words. */
import {limitScript} from '../../ssh/remote-limit.ts'
import {runAdmin} from '../riak/admin-script.ts'
import {throughWrapper} from '../riak/release.ts'
import {type Environment, runRiak} from '../riak/riak-script.ts'
import {type Run, say} from '../riak/run.ts'
import {dataFiles, expandPattern, textFiles} from './files.ts'
import {type Host, hostCommands} from './host-commands.ts'
import {ownScript} from './own-scripts.ts'
import {assignmentOf, isBareAt, splitWords, type Word} from './words.ts'

export function runLine(host: Host, line: string): Run {
  const split = splitWords(line)
  if (split.refused !== undefined)
    return complain(
      `bash: line 1: ${split.refused}: the practice host runs single commands, no shell syntax\n`,
      2,
    )
  const words = [...split.words]
  const environment: Record<string, string> = {}
  for (let pair = words[0] && assignmentOf(words[0]); pair; pair = words[0] && assignmentOf(words[0])) {
    environment[pair[0]] = pair[1]
    words.shift()
  }
  const argv = words.flatMap(word => expand(host, word))
  return runWords(host, argv, environment, 'bash')
}

/** The words of a line, for logs; undefined when it is no single command. */
export function argvOf(line: string): string[] | undefined {
  const split = splitWords(line)
  return split.refused === undefined ? split.words.map(({text}) => text) : undefined
}

/** A pattern that fits nothing stays as it is. */
function expand(host: Host, word: Word): string[] {
  const isPattern = (position: number): boolean => isBareAt(word, position)
  const hasPattern = Array.from(word.text).some((char, at) => '*?'.includes(char) && isPattern(at))
  if (word.text.startsWith('~') && isPattern(0) && /^~(\/|$)/.test(word.text))
    return [`/home/${host.user}${word.text.slice(1)}`]
  if (!hasPattern) return [word.text]
  const paths = [...dataFiles(host).map(({path}) => path), ...Object.keys(textFiles(host))]
  const matching = expandPattern(word.text, isPattern, paths)
  return matching.length > 0 ? matching : [word.text]
}

type Caller = 'bash' | 'sudo' | 'env' | 'timeout'

function runWords(host: Host, argv: readonly string[], environment: Environment, caller: Caller): Run {
  const [program, ...args] = argv
  if (program === undefined) return say('')
  const name = program.replace(/^\/(?:usr\/(?:local\/)?)?s?bin\//, '').replace(/^\/opt\/riak\/bin\//, '')
  switch (name) {
    case 'sudo':
      return runSudo(host, args)
    case 'env':
      return runEnv(host, args, environment)
    case 'timeout':
      return runTimeout(host, args, environment)
    case 'riak':
      return callRiak(host, args, environment)
    case 'riak-admin':
      if (host.world.settings.release.isOld) return runAdmin(host, args)
      break
    case 'sh': {
      // what `exec` sends: the command within its time
      if (args[0] === '-c' && args[1] === limitScript) return runTimeout(host, args.slice(3), environment)
      const script = ownScript(host, args)
      if (script) return script
    }
  }
  // builtins of the shell are no programs
  const isKnown = Object.hasOwn(hostCommands, name) && !(caller !== 'bash' && name === 'ulimit')
  return isKnown ? hostCommands[name]!(host, args) : notFound(program, caller)
}

/** Root calls it by way of the packages' start script; Riak's own user, and a login without sudo, do not. */
function* callRiak(host: Host, args: readonly string[], environment: Environment): Run {
  const {release} = host.world.settings
  if (host.riakBy !== 'root' || release.wrapper === 'whole') return yield* runRiak(host, args, environment)
  const arrived = throughWrapper(release, args)
  if ('words' in arrived)
    return yield* runRiak(host, arrived.words, release.wrapper === 'shell' ? {} : environment)
  if (arrived.writes !== undefined) host.node.trouble.litter.push(arrived.writes)
  return yield* complain(arrived.error, 2)
}

function notFound(program: string, caller: Caller): Run {
  switch (caller) {
    case 'bash':
      return complain(`bash: line 1: ${program}: command not found\n`, 127)
    case 'sudo':
      return complain(`sudo: ${program}: command not found\n`, 1)
    default:
      return complain(`${caller}: '${program}': No such file or directory\n`, 127)
  }
}

function* complain(text: string, exit: number): Run {
  yield {err: text}
  return exit
}

/** Root may do everything here, without a password; the caller's environment does not come along. */
function runSudo(host: Host, args: readonly string[]): Run {
  const words = [...args]
  const environment: Record<string, string> = {}
  let user = 'root'
  while (words[0]?.startsWith('-')) {
    const flag = words.shift()
    const value = flag === '-u' || flag === '-g' ? words.shift() : undefined
    if (flag === '-u' && value !== undefined) user = value
    if (flag === '--') break
    if (flag === '-l')
      return say(
        `User ${host.user} may run the following commands on ${host.hostname}:\n    (root) NOPASSWD: ALL\n`,
      )
  }
  while (words[0] !== undefined && /^\w+=/.test(words[0])) {
    const [key, ...value] = words.shift()!.split('=')
    environment[key!] = value.join('=')
  }
  return runWords({...host, user, riakBy: user}, words, environment, 'sudo')
}

function runEnv(host: Host, args: readonly string[], environment: Environment): Run {
  const words = [...args]
  const changed: Record<string, string> = {...environment}
  while (words[0] !== undefined && /^\w+=/.test(words[0])) {
    const [key, ...value] = words.shift()!.split('=')
    changed[key!] = value.join('=')
  }
  return runWords(host, words, changed, 'env')
}

/** Stops the command when its time is over, with exit status 124. */
function* runTimeout(host: Host, args: readonly string[], environment: Environment): Run {
  const words = [...args]
  while (words[0]?.startsWith('-')) if (/^-[sk]$/.test(words.shift()!)) words.shift()
  const match = /^(\d+(?:\.\d+)?)([smhd]?)$/.exec(words.shift() ?? '')
  if (!match) return yield* complain('timeout: invalid time interval\n', 125)
  const units: Readonly<Record<string, number>> = {'': 1000, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000}
  const end = host.world.now + Number(match[1]) * units[match[2]!]!
  const run = runWords(host, words, environment, 'timeout')
  for (;;) {
    const step = run.next()
    if (step.done) return step.value
    if (!('wait' in step.value)) {
      yield step.value
      continue
    }
    const left = end - host.world.now
    yield {wait: Math.min(left, step.value.wait)}
    if (step.value.wait >= left) return 124
  }
}
