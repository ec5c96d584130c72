/** Riak runs on a new host, as a cluster of its own: never where data lies already, and before anything is staged. */
import {OpsError} from '../errors.ts'
import {type Answer, printed} from '../riak/answers/answer.ts'
import type {Door} from '../riak/door.ts'
import {writeCommands} from '../riak/mutation.ts'
import {askDataFile, askPing, askServices} from '../riak/query.ts'
import {askSnapshot} from '../riak/ring/ask-snapshot.ts'
import {askUnit} from '../riak/service.ts'
import type {NodeName} from '../ring/ring.ts'
import {presentMembers} from '../ring/snapshot.ts'
import {type Doubt, seenOrDoubted, timeToWait} from './doubt.ts'
import {doorOf, type RunContext} from './run-context.ts'
import {type Step, type Write, waitFor} from './step.ts'

export function startStep(context: RunContext, node: NodeName): Step {
  const door = doorOf(context, node)
  let doubt: Doubt | undefined
  return {
    id: `start ${node}`,
    title: `Riak runs on ${node}`,
    observe: async () => {
      if ((await askPing(door)).outcome !== 'running') return {so: false, saw: 'stopped'}
      const services = await askServices(door, await context.dialect())
      if (!services.includes('riak_kv')) return {so: false, saw: 'starting'}
      await refuseOtherCluster(context, node)
      return {so: true, saw: 'running'}
    },
    act: async write => {
      if ((await askPing(door)).outcome === 'running') return
      const file = await askDataFile(door)
      if (file !== undefined)
        throw new OpsError(
          'refused',
          `${door.host}: ${door.dataDir} is not empty (${file}), so Riak is not started there`,
          {
            hint: 'a node that is to join needs an empty data directory: find out whose data that is',
          },
        )
      doubt = await sendStart(context, write, door)
    },
    verify: async () => {
      const wait = {
        what: `riak_kv on ${door.host}`,
        timeout: timeToWait(doubt, 180_000),
        interval: 1000,
        hint: `look at its log, then go on: ${[...door.riak, 'ping'].join(' ')}`,
      }
      const saw = await seenOrDoubted(
        doubt,
        () =>
          waitFor(context, wait, async () =>
            (await askServices(door, await context.dialect())).includes('riak_kv')
              ? 'riak_kv is up'
              : undefined,
          ),
        async () => `${node} is ${(await askPing(door)).outcome}`,
      )
      await refuseOtherCluster(context, node)
      return saw
    },
  }
}

/** Starts a node by what supervises it: around its unit it would have other limits, and systemd would not know of it. */
export async function sendStart(context: RunContext, write: Write, door: Door): Promise<Doubt | undefined> {
  const unit = await askUnit(door)
  const argv = writeCommands.start(door, unit, await context.dialect())
  return doubtOfStart(door, argv, await write(door, argv, {timeout: 180_000}))
}

/** It prints nothing when it starts Riak, or a warning; that it failed to is told by its status, for once. */
const doubtOfStart = (door: Door, argv: readonly string[], answer: Answer | undefined): Doubt | undefined =>
  answer === undefined || answer.code === 0
    ? undefined
    : {
        door,
        argv,
        why: 'notUnderstood',
        text: `exit status ${answer.code ?? 'none, it was killed'}${printed(answer) === '' ? '' : `, ${printed(answer)}`}`,
      }

/** A host that runs Riak must be a cluster of its own, or be in ours already. */
async function refuseOtherCluster(context: RunContext, node: NodeName): Promise<void> {
  const door = doorOf(context, node)
  const {ring} = await askSnapshot(door, context.clock.now)
  const others = presentMembers(ring).filter(member => member.node !== node)
  const ours = context.plan.base.members.some(member => ring.members.some(({node}) => node === member.node))
  if (others.length === 0 || ours) return
  throw new OpsError(
    'refused',
    `${door.host} belongs to another cluster: ${others.map(({node}) => node).join(', ')}`,
    {
      hint: 'name another host',
    },
  )
}
