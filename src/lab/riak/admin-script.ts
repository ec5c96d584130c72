/**
 * `riak admin`: a shell script that checks its arguments and then calls the running node. Usage texts come from the
 * script and need no node; what the node answers ends with the call's return term, refusals included, and almost
 * always with exit status 0.
 */

import {ownersAfterPending, type Ring} from '../../ring/ring.ts'
import {printPretty} from '../erlang/pretty-term.ts'
import {atom, list} from '../erlang/term.ts'
import {type LabNode, presentIn} from '../model/world.ts'
import {type Answer, runCommand} from './clique.ts'
import {write} from './clique-output.ts'
import {clusterCommands} from './cluster-commands.ts'
import {answerSettings} from './config-commands.ts'
import {handoffCommands, jsonCrash} from './handoff-commands.ts'
import {answers, nameOnHost, notResponding, servicesOf} from './local-node.ts'
import {membersTable} from './members-table.ts'
import {reachOf} from './peers.ts'
import {answerRingStatus} from './ring-status.ts'
import {type Asked, ok, type Run, type Spoken, say, speak} from './run.ts'
import {
  answerClear,
  answerCommit,
  answerDown,
  answerForceReplace,
  answerJoin,
  answerLeave,
  answerPlan,
  answerRemove,
  answerReplace,
  answerResize,
  answerRingReady,
} from './staging.ts'
import {answerStatus, answerVnodeStatus, runTop} from './statistics.ts'
import {answerTransferLimit} from './transfer-limit.ts'
import {answerTransfers} from './transfers.ts'
import {adminUsage, clusterNodeUsage, clusterUsage, handoffUsage} from './usage-texts.ts'

export function* runAdmin(asked: Asked, args: readonly string[]): Run {
  const [verb = '', ...rest] = args
  // the script takes either spelling of most of its commands
  const name = verb.replaceAll('_', '-')
  if (verb === 'cluster') return yield* runCluster(asked, rest)
  if (name === 'wait-for-service') return yield* waitForService(asked, verb, rest)
  if (verb === 'handoff') {
    const crash = answers(asked.node) ? jsonCrash(asked, args) : undefined
    return yield* call(
      asked,
      () => crash ?? runCommand(asked, handoffCommands, unspaced(args), `${handoffUsage}\n`),
    )
  }
  if (verb === 'show' || verb === 'set' || verb === 'describe')
    return yield* call(asked, () => spoken(answerSettings(asked, unspaced(args))))
  const deprecated = deprecatedTexts[name]
  if (deprecated !== undefined) return yield* say(deprecated, 1)
  if (verb === 'down' || name === 'transfer-limit' || name === 'cluster-info')
    return yield* withArguments(asked, verb, rest)
  const plain = plainCommands[name]
  if (plain === undefined) return yield* say(adminUsage, 1)
  if (verb === 'top') return yield* runTop(asked)
  if (rest.length > 0) return yield* say(`Usage: riak-admin ${verb}\n`, 1)
  return yield* call(asked, () => plain(asked))
}

/** Commands without arguments. */
const plainCommands: Readonly<Record<string, (asked: Asked) => Spoken>> = {
  'member-status': ({node, world}) => ok(memberStatus(node, world.settings.release.quoted)),
  'ring-status': answerRingStatus,
  ringready: answerRingReady,
  transfers: answerTransfers,
  services: ({node}) => ({text: `${printPretty(list(servicesOf(node).map(atom)))}\n`}),
  status: answerStatus,
  'vnode-status': answerVnodeStatus,
  test: ({node}) => ({text: `Successfully completed 1 read/write cycle to '${node.name}'\n`}),
  top: answerStatus,
}

function memberStatus({view: {ring}}: LabNode, quoted: boolean): string {
  const {members, owners, pending} = ring
  return membersTable({
    members,
    owners,
    nextOwners: pending.length > 0 ? ownersAfterPending(ring) : undefined,
    locations: locationsOf(ring),
    quoted,
  })
}

/** A location that is kept for a node that is no member is not shown. */
const locationsOf = (ring: Ring): Ring['locations'] =>
  Object.fromEntries(Object.entries(ring.locations).filter(([node]) => presentIn(ring).includes(node)))

function* call({node, world}: Asked, answer: () => Spoken): Run {
  const {returnTerm} = world.settings.release
  if (!answers(node)) return returnTerm ? yield* notResponding(node) : yield* say('Node is not running!\n', 1)
  const {last, exit = 0, ...spoken} = answer()
  if (returnTerm) return yield* speak({...spoken, ...(last === undefined ? {} : {last}), exit})
  return yield* speak({...spoken, exit: last === undefined || last === 'ok' ? exit : 1})
}

/** The script hands its words on without quotes: blanks inside them are gone when they arrive. */
const unspaced = (args: readonly string[]): string[] => args.map(argument => argument.replace(/\s+/g, ''))

function spoken(answer: Answer | Spoken): Spoken {
  if ('text' in answer) return answer
  if ('error' in answer) return {text: `${answer.error}\n`, last: '{error,1}'}
  if ('crash' in answer) return answer.crash
  if ('usage' in answer) return ok(answer.usage)
  return ok(write(answer.elements, 'human').out, answer.wait)
}

function* withArguments(asked: Asked, verb: string, rest: readonly string[]): Run {
  switch (verb.replaceAll('_', '-')) {
    case 'down':
      if (rest.length !== 1) return yield* say('Usage: riak-admin down <node>\n', 1)
      return yield* call(asked, () => answerDown(asked, rest[0]!))
    case 'transfer-limit':
      if (rest.length > 2)
        return yield* say(
          `Usage: riak-admin ${verb}\n       riak-admin ${verb} <limit>\n       riak-admin ${verb} <node> <limit>\n`,
        )
      return yield* call(asked, () => answerTransferLimit(asked, rest))
    default:
      if (rest.length === 0)
        return yield* say(
          `Usage: riak-admin ${verb} <output_file> ['local' | <node> ['local' | <node>] [...]]\n`,
          1,
        )
      return yield* call(asked, () => ({
        text: `HTML report is at: '${asked.node.name}':"${rest[0]}"\n[ok]\n`,
      }))
  }
}

function* runCluster(asked: Asked, args: readonly string[]): Run {
  const [verb = '', first = '', second = ''] = args
  const takes = {
    join: 1,
    'force-remove': 1,
    replace: 2,
    'force-replace': 2,
    'resize-ring': 1,
  }[verb]
  if (takes !== undefined && args.length !== takes + 1) return yield* say(clusterUsages[verb]!, 1)
  switch (verb) {
    case 'join':
      return yield* call(asked, () => answerJoin(asked, first))
    case 'leave':
      if (args.length > 2) return yield* say('Usage: riak-admin cluster leave [<node>]\n', 1)
      return yield* call(asked, () => answerLeave(asked, args.length === 1 ? asked.node.name : first))
    case 'force-remove':
      return yield* call(asked, () => answerRemove(asked, first))
    case 'replace':
      return yield* call(asked, () => answerReplace(asked, first, second))
    case 'force-replace':
      return yield* call(asked, () => answerForceReplace(asked, first, second))
    case 'resize-ring':
      return yield* call(asked, () => answerResize(asked, first))
    case 'plan':
      return yield* call(asked, () => answerPlan(asked))
    case 'commit':
      return yield* call(asked, () => answerCommit(asked))
    case 'clear':
      return yield* call(asked, () => answerClear(asked))
    case 'status':
    case 'partitions':
    case 'partition':
    case 'partition-count':
    case 'partition_count':
    case 'location': {
      const words = unspaced(['cluster', verb.replace('_', '-'), ...args.slice(1)])
      return yield* call(asked, () => runCommand(asked, clusterCommands, words, `${clusterNodeUsage}\n`))
    }
    default:
      return yield* say(clusterUsage)
  }
}

const clusterUsages: Readonly<Record<string, string>> = {
  join: 'Usage: riak-admin cluster join <node>\n',
  'force-remove': 'Usage: riak-admin cluster force-remove <node>\n',
  replace: 'Usage: riak-admin cluster replace <node1> <node2>\n',
  'force-replace': 'Usage: riak-admin cluster force-replace <node1> <node2>\n',
  'resize-ring':
    'Usage: riak-admin cluster resize-ring <new-ring-size>\n       riak-admin cluster resize-ring abort\n',
}

/** Asks again every few seconds, for ever: the command itself has no end. */
function* waitForService(asked: Asked, verb: string, [service, target]: readonly string[]): Run {
  if (service === undefined)
    return yield* say(`Usage: riak-admin ${verb} <service_name> [<target_node>]\n`, 1)
  const {world, node} = asked
  for (;;) {
    if (!answers(node)) {
      yield {out: `${service} is not up: Node ${nameOnHost(node)} is not responding to pings\n`}
    } else {
      const other = target === undefined ? node : world.nodes.get(target)
      const isKnown = other !== undefined && reachOf(world, node, other.name) === 'up'
      const services = isKnown ? servicesOf(other) : []
      if (services.includes(service)) return yield* say(`${service} is up\n`)
      yield {out: `${service} is not up: ${printPretty(list(services.map(atom)))}\n`}
    }
    yield {wait: 6000}
  }
}

const inFavour = (verb: string): string =>
  `The '${verb}' command has been deprecated in favor of the new \nclustering commands provided by 'riak-admin cluster'. To continue \nusing the deprecated '${verb}' command, use '${verb} -f'\n`

const deprecatedTexts: Readonly<Record<string, string>> = {
  join: inFavour('join'),
  leave: inFavour('leave'),
  'force-remove': inFavour('force-remove'),
  remove: `The 'remove' command no longer exists. If you want a node to
safely leave the cluster (handoff its data before exiting),
then execute 'leave' on the desired node. If a node is down and
unrecoverable (and therefore cannot be safely removed), then
use the 'force-remove' command. A force removal drops all data
owned by the removed node. Read-repair can be used to restore
lost replicas.
`,
}
