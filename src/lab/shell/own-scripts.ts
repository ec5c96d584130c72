/**
 * Shell scripts that ringup itself sends, each run as it is by this machine's `sh`, below a folder of the practice
 * host's own; but those that look at a machine are answered. No other script is run: a practice host must never reach what is really on this machine.
 */
import {chmodSync, existsSync, mkdirSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {lockScript} from '../../execute/lock-script.ts'
import {keepScript, readScript} from '../../records/script.ts'
import {factsScript} from '../../riak/host/facts-script.ts'
import {storageScript} from '../../riak/host/storage-script.ts'
import {troubleScript} from '../../riak/host/trouble-script.ts'
import {type Run, say} from '../riak/run.ts'
import {answerFacts} from './facts-answer.ts'
import type {Host} from './host-commands.ts'
import {runInShell, type ShellAnswer, type ShellPlace} from './standing-shell.ts'
import {answerStorage} from './storage-answer.ts'

/** Where among a script's arguments the paths are that it works on. */
const pathArguments: ReadonlyMap<string, readonly number[]> = new Map([
  [lockScript, [1, 2]],
  [readScript, [0, 1]],
  [keepScript, [0, 1]],
])

/** `sh -c SCRIPT NAME ARG...`; undefined when it is none of ours, or this host has no folder. */
export function ownScript(host: Host, [flag, script, name, ...args]: readonly string[]): Run | undefined {
  if (flag === '-c' && script === factsScript) return answerFacts(host, args)
  if (flag === '-c' && script === storageScript) return answerStorage(host, args)
  if (flag === '-c' && script === troubleScript)
    return say([...host.node.trouble.log.map(line => `log ${line}`), 'end\n'].join('\n'))
  const {folder} = host
  const paths = flag === '-c' && script !== undefined ? pathArguments.get(script) : undefined
  if (paths === undefined || folder === undefined) return undefined
  const moved = args.map((argument, at) => (paths.includes(at) ? join(folder, argument) : argument))
  return runReally(
    {folder, uid: host.uid},
    ['-c', script!, name ?? 'sh', ...moved],
    // what an administrator may have prepared is not there by itself
    paths.map(at => moved[at]!).filter(path => path.startsWith(join(folder, 'var/tmp'))),
  )
}

function* runReally(place: ShellPlace, args: readonly string[], paths: readonly string[]): Run {
  const {folder} = place
  mkdirSync(folder, {recursive: true, mode: 0o711})
  for (const path of paths.map(dirname)) {
    if (existsSync(path)) continue
    mkdirSync(path, {recursive: true, mode: 0o711})
    // as every host has it: every login may put files there, and take away its own
    chmodSync(path, 0o1777)
  }
  let answer: ShellAnswer | undefined
  yield {
    meanwhile: runInShell(place, args).then(given => {
      answer = given
    }),
  }
  const {status, stdout, stderr} = answer!
  // the host calls them as if there were nothing above
  if (stdout !== '') yield {out: stdout.replaceAll(`${folder}/var/`, '/var/')}
  if (stderr !== '') yield {err: stderr}
  return status ?? 255
}
