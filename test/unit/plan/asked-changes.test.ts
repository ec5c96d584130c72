import {describe, expect, it} from 'vitest'
import {type Asked, changesAsked, type Named} from '../../../src/plan/asked-changes.ts'
import type {MemberStatus} from '../../../src/ring/ring.ts'
import type {Snapshot} from '../../../src/ring/snapshot.ts'
import {nodeFacts, ringOf, snapshotOf} from '../../support/snapshots.ts'

const host = (letter: string): Named => ({
  name: letter,
  node: `riak@${letter}`,
  riak: {command: ['sudo', 'riak']},
})
/** Members a to c, of which one has another status, and whoever is not reached. */
function cluster(statuses: Readonly<Record<string, MemberStatus>> = {}, unreached = ''): Snapshot {
  const letters = [...new Set([...'abc', ...Object.keys(statuses)])].sort()
  const members = letters.map(letter => ({
    node: `riak@${letter}`,
    status: statuses[letter] ?? ('valid' as const),
  }))
  const away = [...unreached, ...letters.filter(letter => statuses[letter] === 'down')]
  return snapshotOf(ringOf('abcabcabcabcabca', {members}), {
    nodes: letters.filter(letter => !away.includes(letter)).map(letter => nodeFacts(`riak@${letter}`)),
  })
}
const ask = (snapshot: Snapshot, asked: Partial<Asked>) =>
  changesAsked(snapshot, {
    adding: [],
    leaving: [],
    replacing: [],
    locations: undefined,
    everything: false,
    ...asked,
  })
const add = (letter: string, snapshot: Snapshot) => () => ask(snapshot, {adding: [host(letter)]})
const leave = (letter: string, snapshot: Snapshot) => () => ask(snapshot, {leaving: [host(letter)]})
const replace = (old: string, fresh: string, snapshot: Snapshot) => () =>
  ask(snapshot, {replacing: [{old: host(old), fresh: host(fresh)}]})
const refused = (message: RegExp, hint: RegExp) =>
  expect.objectContaining({
    kind: 'refused',
    message: expect.stringMatching(message),
    hint: expect.stringMatching(hint),
  })

describe('what is asked for', () => {
  it('is changed where it is not so, and noted where it is', () => {
    expect(add('d', cluster())()).toEqual({changes: [{action: 'join', node: 'riak@d'}], notes: []})
    expect(add('a', cluster())()).toEqual({changes: [], notes: ['a is a member already (riak@a)']})
    expect(leave('a', cluster())()).toEqual({changes: [{action: 'leave', node: 'riak@a'}], notes: []})
    expect(leave('d', cluster())()).toEqual({changes: [], notes: ['d is not a member (riak@d)']})
    expect(replace('a', 'd', cluster())().changes).toEqual([
      {action: 'join', node: 'riak@d'},
      {action: 'replace', node: 'riak@a', with: 'riak@d'},
    ])
    expect(replace('d', 'a', cluster())()).toEqual({
      changes: [],
      notes: ['d is not a member (riak@d), and a is one (riak@a)'],
    })
  })

  it('is refused of a member that is marked as down, by name and with what it owns', () => {
    const down = cluster({c: 'down'})
    const gone = refused(
      /^c is a member that is down \(riak@c, 5 of 16 partitions\)/,
      /member-down\.md.*ringup exec c -- sudo riak ping$/,
    )

    expect(leave('c', down)).toThrow(gone)
    expect(replace('c', 'd', down)).toThrow(gone)
    expect(add('c', down)).toThrow(gone)
  })

  it('is refused of a reinstalled host whose name is a member that the others do not reach', () => {
    expect(add('c', cluster({}, 'c'))).toThrow(
      refused(
        /^c is a member that is down .*cannot join under the name of a member$/,
        /exec c -- sudo riak ping/,
      ),
    )
    // to let it leave is a plan, which is blocked because it is not reached
    expect(leave('c', cluster({}, 'c'))().changes).toEqual([{action: 'leave', node: 'riak@c'}])
  })

  it('is refused of members that are joining, leaving or exiting', () => {
    expect(add('d', cluster({d: 'joining'}))).toThrow(
      refused(/^d is joining already .*staged and not committed$/, /ringup status$/),
    )
    expect(replace('a', 'd', cluster({d: 'joining'}))).toThrow(
      refused(/^d is joining already/, /ringup status$/),
    )
    for (const status of ['leaving', 'exiting'] as const) {
      const going = cluster({c: status})
      expect(leave('c', going)).toThrow(
        refused(new RegExp(`^c is ${status} already`), /watch --until settled$/),
      )
      expect(add('c', going)).toThrow(
        refused(/cannot join again before it is gone$/, /watch --until settled$/),
      )
      expect(replace('c', 'd', going)).toThrow(refused(/still moving away$/, /watch --until settled$/))
    }
  })

  it('is refused of the only member, of a place that nobody has, and of a successor that is a member', () => {
    const alone = snapshotOf(ringOf('aaaaaaaa'))

    expect(leave('a', alone)).toThrow(refused(/^a is the only member/, /ringup add/))
    expect(replace('d', 'e', cluster())).toThrow(refused(/^d is not a member/, /ringup add e$/))
    expect(replace('a', 'b', cluster())).toThrow(refused(/^b is a member already/, /ringup leave a$/))
  })

  it('of the whole inventory leaves members as they are: the plan says what is wrong with them', () => {
    const {changes, notes} = ask(cluster({c: 'down', b: 'joining'}), {
      adding: [...'abcd'].map(host),
      everything: true,
    })

    expect({changes, notes}).toEqual({changes: [{action: 'join', node: 'riak@d'}], notes: []})
  })
})
