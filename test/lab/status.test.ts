/** What `status` says of a practice ring in each of the situations an operator meets, as it stands on the screen. */
import {describe, expect, it} from 'vitest'
import {kill} from '../../src/lab/model/lifecycle.ts'
import type {World} from '../../src/lab/model/world.ts'
import {statusText} from '../../src/report/cluster/status-text.ts'
import {decodeSnapshot, snapshotExpression} from '../../src/riak/ring/snapshot-eval.ts'
import {readTerm} from '../../src/riak/terms/term.ts'
import {quoteArgv} from '../../src/ssh/quote.ts'
import {type Ours, statusOf} from '../../src/watch/status.ts'
import {admin, at, grow, named, pass, practiceCluster, until} from '../support/practice-cluster.ts'
import {play} from '../support/replay-lab.ts'

function screen(world: World, {number = 1, ours}: {number?: number; ours?: Ours} = {}): string {
  const command = quoteArgv(['sudo', 'env', 'USE_NODETOOL=false', 'riak', 'eval', snapshotExpression])
  const {stdout} = play(world, `10.0.0.${number}`, command)
  const status = statusOf('practice', decodeSnapshot(readTerm(stdout), world.now), ours)
  return statusText(status, {columns: 80, color: false, unicode: false})
}

/** The answers, without the table. */
const answers = (text: string): string => text.split('\n\n').slice(0, 2).join('\n\n')

const staged = (): World => {
  const world = practiceCluster({alone: 2})
  for (const number of [6, 7]) admin(world, number, `cluster join ${named(1)}`)
  pass(world, 10_000)
  return world
}

describe('status', () => {
  it('of a fresh node', () => {
    expect(screen(practiceCluster({members: 1, alone: 0}))).toMatchInlineSnapshot(`
      "practice: 1 member, ring of 16, claimant riak@10.0.0.1

      healthy?    yes: all members valid and up, one ring on all
      converging? at rest, nothing to move
      how long?   nothing to wait for
      wrong?      nothing

      ring ready on all, 0 changes pending; limits 2 a node, 8 the cluster; claim
           default_choose_claim

        node               status    ring  next  out  in  limit  version
        riak@10.0.0.1 (C)  valid   100.0%    --               2  3.2.3
      "
    `)
  })

  it('with a member that was started in a login, beside its unit', () => {
    const world = practiceCluster({members: 3, alone: 0})
    const text = play(world, '10.0.0.1', quoteArgv(['sudo', 'riak', 'eval', snapshotExpression])).stdout
    const told = text.replace(/\{outside,\s*unknown\}/, '{outside,true}')
    const {problems, healthy} = statusOf('practice', decodeSnapshot(readTerm(told), world.now))

    expect(problems).toMatchObject([
      {
        id: 'outside-unit',
        message: expect.stringContaining(named(1)),
        next: expect.stringContaining('systemctl start riak'),
      },
    ])
    expect(healthy).toBe(true)
  })

  it('with joins staged, by a run of ours', () => {
    expect(
      answers(screen(staged(), {ours: {stagedBy: {run: '20261126-1200-ab12', by: 'ops on laptop'}}})),
    ).toMatchInlineSnapshot(`
      "practice: 7 members, ring of 16, claimant riak@10.0.0.1

      healthy?    no: staged and not committed, by run 20261126-1200-ab12 of ops on
                  laptop: join riak@10.0.0.6, join riak@10.0.0.7
      converging? at rest, nothing to move
      how long?   nothing to wait for
      wrong?      1 thing
        ! staged and not committed, by run 20261126-1200-ab12 of ops on laptop: join
          riak@10.0.0.6, join riak@10.0.0.7
          -> this freezes ownership changes: ringup runs resume 20261126-1200-ab12"
    `)
  })

  it('while ownership moves', () => {
    const world = practiceCluster({ring: 32, bytes: 6e9})
    grow(world, 6)
    until(world, () => [...world.nodes.values()].some(({handoffs}) => handoffs.length > 0))
    pass(world, 5000)

    expect(screen(world)).toMatchInlineSnapshot(`
      "practice: 6 members, ring of 32, claimant riak@10.0.0.1

      healthy?    yes: all members valid and up, one ring on all
      converging? 0 of 5 partitions moved, 2 transfers under way at 55.5 MB/s
      how long?   unknown: no run of ringup is known to have begun it
      wrong?      nothing

      ring not ready yet, 5 changes pending; limits 2 a node, 8 the cluster; claim
           default_choose_claim

        node               status   ring   next  out  in  limit  version
        riak@10.0.0.1 (C)  valid   21.9%  18.8%    1          2  3.2.3
        riak@10.0.0.2      valid   21.9%  18.8%               2  3.2.3
        riak@10.0.0.3      valid   18.8%  15.6%    1          2  3.2.3
        riak@10.0.0.4      valid   18.8%  15.6%               2  3.2.3
        riak@10.0.0.5      valid   18.8%  15.6%               2  3.2.3
        riak@10.0.0.6      valid    0.0%  15.6%        2      2  3.2.3
      "
    `)
  })

  it('with a member down', () => {
    const world = practiceCluster()
    kill(world, at(world, 3))
    pass(world, 60_000)

    expect(screen(world)).toMatchInlineSnapshot(`
      "practice: 5 members, ring of 16, claimant riak@10.0.0.1

      healthy?    no: riak@10.0.0.3 does not answer the others
      converging? at rest, nothing to move
      how long?   nothing to wait for
      wrong?      1 thing
        ! riak@10.0.0.3 does not answer the others
          -> look at that host: riak ping

      ring ready on all, 0 changes pending; limits 2 a node, 8 the cluster; claim
           default_choose_claim

        node               status        ring  next  out  in  limit  version
        riak@10.0.0.1 (C)  valid        25.0%    --               2  3.2.3
        riak@10.0.0.2      valid        18.8%    --               2  3.2.3
        riak@10.0.0.3      valid, DOWN  18.8%    --               ?  unknown
        riak@10.0.0.4      valid        18.8%    --               2  3.2.3
        riak@10.0.0.5      valid        18.8%    --               2  3.2.3
      "
    `)
  })

  it('while a member leaves', () => {
    const world = practiceCluster({ring: 32, bytes: 6e9})
    admin(world, 1, `cluster leave ${named(4)}`)
    admin(world, 1, 'cluster plan')
    admin(world, 1, 'cluster commit')
    pass(world, 5000)

    expect(answers(screen(world))).toMatchInlineSnapshot(`
      "practice: 5 members, ring of 32, claimant riak@10.0.0.1

      healthy?    yes: all members up, one ring on all
      converging? 0 of 18 partitions moved, 3 transfers under way at 107 MB/s
      how long?   unknown: no run of ringup is known to have begun it
      wrong?      1 thing
        ! riak@10.0.0.4 is leaving
          -> wait until it has handed off and is gone"
    `)
  })

  it('with locations', () => {
    const names = [1, 2, 3, 4, 5].map(named)
    const locations = Object.fromEntries(names.map((name, at) => [name, `rack ${at % 2}`]))

    expect(screen(practiceCluster({locations}))).toMatchInlineSnapshot(`
      "practice: 5 members, ring of 16, claimant riak@10.0.0.1

      healthy?    yes: all members valid and up, one ring on all
      converging? at rest, nothing to move
      how long?   nothing to wait for
      wrong?      nothing

      ring ready on all, 0 changes pending; limits 2 a node, 8 the cluster; claim
           default_choose_claim

        node               status   ring  next  out  in  limit  version  location
        riak@10.0.0.1 (C)  valid   25.0%    --               2  3.2.3    rack 0
        riak@10.0.0.2      valid   18.8%    --               2  3.2.3    rack 1
        riak@10.0.0.3      valid   18.8%    --               2  3.2.3    rack 0
        riak@10.0.0.4      valid   18.8%    --               2  3.2.3    rack 1
        riak@10.0.0.5      valid   18.8%    --               2  3.2.3    rack 0
      "
    `)
  })

  it('with limits changed', () => {
    const world = practiceCluster()
    admin(world, 1, `transfer-limit ${named(3)} 0`)
    admin(world, 1, `handoff disable inbound --node=${named(2)}`)

    expect(screen(world)).toMatchInlineSnapshot(`
      "practice: 5 members, ring of 16, claimant riak@10.0.0.1

      healthy?    no: inbound handoff is off on riak@10.0.0.2
      converging? at rest, nothing to move
      how long?   nothing to wait for
      wrong?      2 things
        ! inbound handoff is off on riak@10.0.0.2
          -> riak admin handoff enable inbound --node=riak@10.0.0.2
        ! the transfer limit of riak@10.0.0.3 is 0
          -> riak admin transfer-limit riak@10.0.0.3 2

      ring ready on all, 0 changes pending; limits 2 a node, 8 the cluster; claim
           default_choose_claim

        node               status   ring  next  out  in  limit  version
        riak@10.0.0.1 (C)  valid   25.0%    --               2  3.2.3
        riak@10.0.0.2      valid   18.8%    --               2  3.2.3
        riak@10.0.0.3      valid   18.8%    --               0  3.2.3
        riak@10.0.0.4      valid   18.8%    --               2  3.2.3
        riak@10.0.0.5      valid   18.8%    --               2  3.2.3
      "
    `)
  })

  it('with a change staged by somebody else', () => {
    const world = practiceCluster()
    admin(world, 2, `cluster leave ${named(3)}`)

    expect(answers(screen(world))).toMatchInlineSnapshot(`
      "practice: 5 members, ring of 16, claimant riak@10.0.0.1

      healthy?    no: staged and not committed, not by a run that is known: leave
                  riak@10.0.0.3
      converging? at rest, nothing to move
      how long?   nothing to wait for
      wrong?      1 thing
        ! staged and not committed, not by a run that is known: leave riak@10.0.0.3
          -> this freezes ownership changes: find out whose it is before anything else"
    `)
  })

  it('fits a screen with eighty members', () => {
    const world = practiceCluster({members: 80, ring: 256, alone: 1})
    grow(world, 81)
    const text = screen(world)

    expect(text.split('\n').length).toBeLessThan(50)
    expect(text).toMatch(/and \d+ more, valid and up, 3 to 4 partitions each \(--all shows them\)/)
  })
})
