/**
 * The `riak` command of a host. It works on hosts whose Riak is stopped as well, as far as a shell script can; what
 * it says then goes to stdout and comes with exit status 1. `riak stop` on a stopped node says nothing at all.
 */
import {isStopped, start, stop} from '../model/lifecycle.ts'
import type {LabNode} from '../model/world.ts'
import {runAdmin} from './admin-script.ts'
import {runEval} from './eval.ts'
import {answers, notResponding} from './local-node.ts'
import {type Asked, type Run, say} from './run.ts'
import {riakUsage} from './usage-texts.ts'

/** of 2.x */
const oldUsage =
  'Usage: riak {start|stop|restart|reboot|ping|console|attach|attach-direct|ertspath|chkconfig|escript|version|getpid|top [-interval N] [-sort reductions|memory|msg_q] [-lines N] } | config { generate | effective | describe VARIABLE } [-l debug]\n'

export type Environment = Readonly<Record<string, string>>

/** Open files that a shell on a host may have; the script warns below 65536. */
export const openFiles = 1024

export function* runRiak(asked: Asked, [verb, ...args]: readonly string[], environment: Environment): Run {
  const {world, node} = asked
  const {isOld, start: startVerb, returnTerm} = world.settings.release
  if (isOld && ['versions', 'eval', 'admin', 'daemon', 'pid'].includes(verb ?? ''))
    return yield* say(oldUsage, 1)
  switch (verb) {
    case 'ping':
      if (answers(node)) return yield* say('pong\n')
      if (returnTerm) return yield* notResponding(node)
      if (!isOld) return yield* say('Node is not running!\n', 1)
      yield {err: `Node '${node.name}' not responding to pings.\n`}
      return 1
    case 'version':
      return yield* isOld ? say(`${node.trouble.version}\n`) : say(riakUsage, 1)
    case 'pid':
      return answers(node) ? yield* say(`${pidOf(node)}\n`) : yield* notResponding(node)
    case 'versions':
      return answers(node)
        ? yield* say(`Installed versions:\n* ${node.trouble.version}\tpermanent\n`)
        : yield* notResponding(node)
    case 'start':
    case 'daemon':
      if (verb === 'daemon' && startVerb === 'start') return yield* say(riakUsage, 1)
      return yield* startRiak(asked, verb)
    case 'stop':
      if (!answers(node)) return 1
      stop(world, node)
      yield {wait: world.settings.timing.stop}
      return yield* say('ok\n')
    case 'restart':
    case 'reboot':
      if (!answers(node)) return 1
      stop(world, node)
      yield {wait: world.settings.timing.stop}
      start(world, node)
      return 0
    case 'eval':
      return answers(node) ? yield* runEval(asked, args.join(' '), environment) : yield* notResponding(node)
    case 'admin':
      return yield* runAdmin(asked, args)
    case 'chkconfig':
      return yield* say(checkedConfig(world.now))
    default:
      return yield* say(riakUsage, 1)
  }
}

function* startRiak({world, node}: Asked, verb: 'start' | 'daemon'): Run {
  if (answers(node)) return yield* say('Node is already running!\n', 1)
  if (openFiles < 65_536)
    yield {out: `!!!!\n!!!! WARNING: ulimit -n is ${openFiles}; 65536 is the recommended minimum.\n!!!!\n`}
  if (verb === 'start' && world.settings.release.start === 'daemon')
    yield {
      out: 'riak start is deprecated, and scripts should be change to use riak daemon where riak cannot be started as a service. Riak starting ..\n',
    }
  // a VM that is on its way down is waited for
  while (node.state === 'stopping') yield {wait: 1000}
  start(world, node)
  const {life} = node
  while (node.life === life && node.state !== 'running' && !isStopped(node)) yield {wait: 500}
  return 0
}

function pidOf({name, life}: LabNode): number {
  let hash = 0
  for (const character of name) hash = (hash * 33 + character.codePointAt(0)!) % 20_000
  return 2000 + hash + 7 * life
}

function checkedConfig(now: number): string {
  const stamp = new Date(now).toISOString().slice(0, 19).replace(/[-T:]/g, '.')
  const file = (name: string): string => `/opt/riak/generated.conf/${name}`
  const vm = file(`vm.${stamp}.args`)
  return `config is OK\n-config ${file(`app.${stamp}.config`)} -args_file ${vm} -vm_args ${vm}\n`
}
