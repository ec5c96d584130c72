/** Nodes become one cluster by Riak's own commands, as an operator would type them; and who is in it. */
import {eventually} from './command.ts'
import {evaluate, onHost, type RealHost, riakProcess} from './host.ts'

/** Joins all nodes to the first: stage, plan, commit. The data have yet to move when this is done. */
export async function joinNodes([first, ...others]: readonly RealHost[]): Promise<void> {
  if (first === undefined || others.length === 0) return
  await Promise.all(
    others.map(host =>
      until(
        host,
        ['cluster', 'join', first.node],
        /^Success: staged join request/m,
        /Try again in a few moments/,
      ),
    ),
  )
  await until(first, ['cluster', 'plan'], /^NOTE: Applying these changes/m, /has converged/)
  await until(first, ['cluster', 'commit'], /^Cluster changes committed/m, /has converged|try again/i)
}

/** Repeats a command while Riak says that it is not ready for it. */
async function until(host: RealHost, words: readonly string[], done: RegExp, notYet: RegExp): Promise<void> {
  const argv = ['riak', 'admin', ...words]
  const wait = {timeout: 60_000, interval: 500}
  const printed = await eventually(`${host.name} to accept ${argv.join(' ')}`, wait, async () => {
    const {stdout, stderr} = await onHost(host, argv)
    return notYet.test(stdout) ? undefined : `${stdout}${stderr}`
  })
  if (!done.test(printed)) throw new Error(`${host.name}: ${argv.join(' ')}:\n${printed}`)
}

/** One line per ring: all nodes say the same when they agree, and `rest` when nothing is left to move. */
const question = `{ok,R}=riak_core_ring_manager:get_raw_ring(),
M=riak_core_ring:all_member_status(R),
Rest=riak_core_ring:pending_changes(R)=:=[] andalso lists:all(fun({_,S})->S=:=valid end,M) andalso riak_core_ring:ring_ready(R),
{case Rest of true->rest;false->moving end,length(M),erlang:phash2({M,riak_core_ring:all_owners(R)})}.`.replaceAll(
  '\n',
  '',
)

/** Waits until all nodes have one ring, with them all valid and no partition on its way. */
export async function untilSettled(hosts: readonly RealHost[], timeout: number): Promise<void> {
  await eventually(`${hosts.length} nodes settled`, {timeout, interval: 200}, async () => {
    const answers = await Promise.all(hosts.map(host => evaluate(host, question)))
    const [answer = ''] = answers
    return answer.startsWith('{rest,') && answers.every(other => other === answer) ? true : undefined
  })
}

/** The hosts of the largest cluster there is, as far as they serve keys. */
export async function membersUp(hosts: readonly RealHost[]): Promise<RealHost[]> {
  const running = hosts.filter(host => riakProcess(host) !== undefined)
  const views = await Promise.all(
    running.map(host => evaluate(host, 'riak_core_node_watcher:nodes(riak_kv).', 3).catch(() => '')),
  )
  const members = views
    .map(view => hosts.filter(({node}) => view.includes(`'${node}'`)))
    .reduce((largest, some) => (some.length > largest.length ? some : largest), [])
  if (members.length === 0) throw new Error('no node serves keys')
  return members
}
