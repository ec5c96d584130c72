/** Any command that was recorded, by the reader that ringup has for it. */
import {type Answer, isNotRunning} from '../../src/riak/answers/answer.ts'
import {readClear} from '../../src/riak/answers/cluster-clear.ts'
import {readCommit} from '../../src/riak/answers/cluster-commit.ts'
import {readJoin} from '../../src/riak/answers/cluster-join.ts'
import {
  readPartitionCount,
  readPartitionPlace,
  readPartitions,
} from '../../src/riak/answers/cluster-partitions.ts'
import {readClusterPlan} from '../../src/riak/answers/cluster-plan.ts'
import {readStaging} from '../../src/riak/answers/cluster-staging.ts'
import {readHandoffConfig, readHandoffSwitch} from '../../src/riak/answers/handoff-config.ts'
import {understand} from '../../src/riak/answers/lines.ts'
import {readMemberStatus} from '../../src/riak/answers/member-status.ts'
import {readDown, readPing, readServices, readWaitForService} from '../../src/riak/answers/node-state.ts'
import {readAnswer} from '../../src/riak/answers/reading.ts'
import {readRingStatus} from '../../src/riak/answers/ring-status.ts'
import {readRingReady} from '../../src/riak/answers/ringready.ts'
import {readLimitSet, readTransferLimits} from '../../src/riak/answers/transfer-limit.ts'
import {readTransfers} from '../../src/riak/answers/transfers.ts'
import {readVersions} from '../../src/riak/answers/versions.ts'
import {readTerm} from '../../src/riak/terms/term.ts'
import {readChkconfig} from './answers/chkconfig.ts'
import {readClusterStatus} from './answers/cluster-status.ts'
import {readHandoffDetails} from './answers/handoff-details.ts'
import {readHandoffSummary} from './answers/handoff-summary.ts'
import {readDescription, readSetting} from './answers/setting.ts'
import {readHttpStats, readNodeStats} from './answers/statistics.ts'
import {readVnodeStatus} from './answers/vnode-status.ts'

/** `outcome` is what every reader has; a value of any shape comes with `read`, and with outcomes of their own. */
export type AnyReading = {readonly outcome: string; readonly value?: unknown; readonly reason?: string}

type Read = (answer: Answer, words: readonly string[], host: string) => AnyReading

const usageOnly: Read = answer =>
  readAnswer(answer, {returned: null, grammar: lines => lines.fail('how the command is used')})

const staging: Read = (answer, [verb, first = '', second = ''], host) => {
  const own = `riak@${host}`
  switch (verb) {
    case 'leave':
      return readStaging(answer, {action: 'leave', node: first})
    case 'replace':
      return readStaging(answer, {action: 'replace', node: first, with: second})
    case 'force-remove':
      return readStaging(answer, {action: 'remove', node: first})
    case 'force-replace':
      return readStaging(answer, {action: 'forceReplace', node: first, with: second})
    default:
      return readStaging(answer, {
        action: 'setLocation',
        location: first,
        node: second.replace('--node=', '') || own,
      })
  }
}

const plan: Read = answer => {
  const {value, problem} = readClusterPlan(answer)
  return problem ? {outcome: 'unknown', value: problem} : {outcome: value.outcome, value}
}

/** Staged by hand only; ringup tells such a change from its own. */
const resize: Read = answer => {
  const {problem} = understand(answer.stdout, lines => {
    lines.expect(/^Success: staged resize ring request with new size: \d+$/, 'a staged resize')
    lines.expect(/^ok$/, 'ok')
  })
  return problem ? {outcome: 'unknown', value: problem} : {outcome: 'staged'}
}

const evaluation: Read = answer => {
  if (isNotRunning(answer)) return {outcome: 'not-running'}
  if (/^\s*\{error, ?"/.test(answer.stdout)) return {outcome: 'refused'}
  try {
    return {outcome: 'term', value: readTerm(answer.stdout)}
  } catch (error) {
    return {outcome: 'unknown', value: (error as Error).message}
  }
}

const services: Read = answer => {
  const value = readServices(answer)
  return value ? {outcome: 'read', value} : {outcome: 'unknown'}
}

const word =
  (text: string): Read =>
  answer =>
    readAnswer(answer, {returned: null, grammar: lines => lines.expect(new RegExp(`^${text}$`), text)[0]})

/** The longest beginning of a command that is in here says who reads it. */
const readers: Readonly<Record<string, Read>> = {
  'riak ping': answer => readPing(answer),
  'riak versions': readVersions,
  'riak version': usageOnly,
  'riak config': usageOnly,
  'riak stop': word('ok'),
  'riak pid': word('\\d+'),
  'riak chkconfig': readChkconfig,
  'riak eval': evaluation,
  'USE_NODETOOL=false riak eval': evaluation,
  'riak admin': usageOnly,
  'riak admin services': services,
  // it goes on until it is killed: there is no answer to understand
  'riak admin top': () => ({outcome: 'endless'}),
  'riak admin wait-for-service': readWaitForService,
  'riak admin member-status': readMemberStatus,
  'riak admin ring-status': readRingStatus,
  'riak admin ringready': readRingReady,
  'riak admin transfers': readTransfers,
  'riak admin down': readDown,
  'riak admin transfer-limit': (answer, words) =>
    words.length > 0 ? readLimitSet(answer) : readTransferLimits(answer),
  'riak admin handoff': usageOnly,
  'riak admin handoff summary': readHandoffSummary,
  'riak admin handoff details': readHandoffDetails,
  'riak admin handoff config': readHandoffConfig,
  'riak admin handoff enable': readHandoffSwitch,
  'riak admin handoff disable': readHandoffSwitch,
  'riak admin show': (answer, [key = '']) => readSetting(answer, key),
  'riak admin describe': readDescription,
  'riak admin status': readNodeStats,
  'riak admin vnode-status': readVnodeStatus,
  'riak admin cluster': usageOnly,
  'riak admin cluster status': readClusterStatus,
  'riak admin cluster partitions': answer => readPartitions(answer, 64),
  'riak admin cluster partition-count': readPartitionCount,
  'riak admin cluster partition': readPartitionPlace,
  'riak admin cluster plan': plan,
  'riak admin cluster commit': answer => readCommit(answer),
  'riak admin cluster clear': readClear,
  'riak admin cluster join': (answer, [target = ''], host) => readJoin(answer, `riak@${host}`, target),
  'riak admin cluster resize-ring': resize,
  ...Object.fromEntries(
    ['leave', 'replace', 'location', 'force-remove', 'force-replace'].map(verb => [
      `riak admin cluster ${verb}`,
      (answer: Answer, words: readonly string[], host: string) => staging(answer, [verb, ...words], host),
    ]),
  ),
  'curl -s http://127.0.0.1:8098/stats': readHttpStats,
  'curl -s http://127.0.0.1:8098/ping': word('OK'),
}

/** The name of the reader, and what it makes of the answer. */
export function readCommand(
  command: string,
  answer: Answer,
  host: string,
): {readonly reader: string; readonly reading: AnyReading} {
  const words = command.split(' ')
  for (let length = words.length; length > 0; length -= 1) {
    const reader = words.slice(0, length).join(' ')
    const read = readers[reader]
    if (read) return {reader, reading: read(answer, words.slice(length), host)}
  }
  throw new Error(`nobody reads ${command}`)
}
