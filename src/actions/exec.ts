/** `ringup exec`: one command on many hosts, equal answers together. What runs there is the operator's own. */
import {randomBytes} from 'node:crypto'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {exitCodes, OpsError} from '../errors.ts'
import type {Fleet} from '../fleet/fleet.ts'
import {selectHosts} from '../fleet/select-hosts.ts'
import {hostList} from '../inventory/host-list.ts'
import type {Host} from '../inventory/inventory.ts'
import {nowAndThen} from '../now-and-then.ts'
import type {ExecResult} from '../ssh/exec.ts'
import type {FailureClass} from '../ssh/failure.ts'
import {fanOut, type HostOutcome} from '../ssh/fan-out.ts'
import {limitedLine, timedOut} from '../ssh/remote-limit.ts'
import {counted} from '../units.ts'

export type ExecRequest = {
  readonly hosts: readonly string[]
  readonly argv: readonly string[]
  /** the words are a line for `sh -c` */
  readonly shell: boolean
  readonly fanout?: number | undefined
  /** ms */
  readonly timeout: number
}

export type HostAnswered = Omit<ExecResult, 'code' | 'signal'> & {
  readonly host: string
  readonly code: number | null
  readonly signal: string | null
  /** the command was ended because its time was up */
  readonly timedOut: boolean
  readonly failure?: undefined
}

export type HostFailed = {
  readonly host: string
  readonly failure: {
    readonly class: FailureClass
    readonly message: string
    readonly hint?: string | undefined
  }
}

export type HostAnswer = HostAnswered | HostFailed

export const isFailed = (answer: HostAnswer): answer is HostFailed => answer.failure !== undefined

export type ExecReport = {
  readonly schema: 'ringup/exec/1'
  readonly command: readonly string[]
  readonly exit: number
  /** in inventory order */
  readonly hosts: readonly HostAnswer[]
  /** hosts that answered the same, largest group first */
  readonly groups: readonly {readonly hosts: readonly string[]; readonly code: number | null}[]
}

/** bytes of each output that are kept in memory; all of a longer one goes to a file */
const most = {output: 2 ** 20}

export async function runExec(
  fleet: Fleet,
  request: ExecRequest,
  say: (text: string) => void,
): Promise<ExecReport> {
  const {argv, shell, timeout, fanout = Number.POSITIVE_INFINITY} = request
  if (argv.length === 0 || argv[0] === '')
    throw new OpsError('usage', 'no command is named', {
      hint: 'write it after two dashes, as: ringup exec r01 r02 -- uptime',
    })
  if (argv.some(word => word.includes('\0')))
    throw new OpsError('usage', 'a word of the command has a NUL byte, which no command can be given')
  const chosen = selectHosts(fleet.inventory, request.hosts)
  const seconds = Math.ceil(timeout / 1000)
  const line = limitedLine(shell ? ['sh', '-c', argv.join(' ')] : argv, seconds)
  // made when the first output is too long to keep
  const folder = join(tmpdir(), `ringup-exec-${randomBytes(6).toString('hex')}`)
  const tell = nowAndThen(say)
  const outcomes = new Map<Host, HostOutcome<Host>>()
  const ask = (host: Host): Promise<ExecResult> =>
    fleet.pool.shell(fleet.targetOf(host), line, {
      // the host ends it; this is for a host that does not
      timeout: (seconds + 10) * 1000,
      outputLimit: most.output,
      spill: join(folder, host.name),
    })
  for await (const outcome of fanOut(chosen, fanout, ask)) {
    outcomes.set(outcome.host, outcome)
    if (outcomes.size < chosen.length) tell(() => waitingText(chosen, outcomes))
  }
  const hosts = chosen.map(host => answerOf(outcomes.get(host)!))
  return {
    schema: 'ringup/exec/1',
    command: argv,
    exit: worst(hosts),
    hosts,
    groups: grouped(hosts).map(group => ({
      hosts: group.map(({host}) => host),
      code: group[0]!.code,
    })),
  }
}

function answerOf({host, result, failure}: HostOutcome<Host>): HostAnswer {
  if (failure)
    return {
      host: host.name,
      failure: {class: failure.facts.class, message: failure.message, hint: failure.hint},
    }
  const {code = null, signal = null} = result
  return {host: host.name, ...result, code, signal, timedOut: code === timedOut}
}

/** A host of which nothing is known is worse than any status; else the largest, as a shell counts signals. */
const worst = (hosts: readonly HostAnswer[]): number =>
  hosts.some(({failure}) => failure)
    ? exitCodes.unreachable
    : Math.max(0, ...hosts.map(answer => (answer.failure ? 0 : (answer.code ?? 128))))

/** Those that answered; hosts with the same status and the same outputs are one group. */
export function grouped(hosts: readonly HostAnswer[]): HostAnswered[][] {
  const groups = new Map<string, HostAnswered[]>()
  for (const answer of hosts) {
    if (answer.failure) continue
    const {code, signal, stdout, stderr, files} = answer
    const key = JSON.stringify([code, signal, stdout, stderr, files])
    const group = groups.get(key)
    if (group) group.push(answer)
    else groups.set(key, [answer])
  }
  return [...groups.values()].sort((a, b) => b.length - a.length)
}

/** Names those that are waited for when they are few. */
function waitingText(chosen: readonly Host[], answered: ReadonlyMap<Host, unknown>): string {
  const waiting = chosen.filter(host => !answered.has(host)).map(({name}) => name)
  return `${answered.size} of ${counted(chosen.length, 'host')} answered${waiting.length <= 8 ? `; waiting for ${hostList(waiting)}` : ''}`
}
