/** The figures of docs/concepts.md. Rings in them are planned by the planner itself. */

import {html} from '../../src/report/kit/escape.ts'
import {at, type Figure, text} from '../../src/report/kit/figure.ts'
import type {Change} from '../../src/ring/changes.ts'
import {planChanges} from '../../src/ring/plan-changes.ts'
import {preflistsSharingLocations} from '../../src/ring/preflists.ts'
import type {Ring} from '../../src/ring/ring.ts'
import {joins, letterRing, settings} from '../support/letter-ring.ts'

export const conceptFigures = (): Figure[] => [
  ringFigure(),
  claimFigure(),
  handoffFigure(),
  stepsFigure(),
  locationFigure(),
]

/** One ground a node; letters say the same for those who cannot tell them apart. */
const nodeStyle = `<style>
.fg{--a:#bfdbfe;--b:#fed7aa;--c:#bbf7d0;--d:#e9d5ff;--e:#fecaca}
@media (prefers-color-scheme:dark){.fg{--a:#1e3a5f;--b:#6b3410;--c:#14532d;--d:#4c2a75;--e:#6b1d1d}}
@media print{.fg{--a:#ddd;--b:#ddd;--c:#ddd;--d:#ddd;--e:#ddd}}
.fg .a{fill:var(--a)}.fg .b{fill:var(--b)}.fg .c{fill:var(--c)}.fg .d{fill:var(--d)}.fg .e{fill:var(--e)}
.fg .edge{stroke:var(--ground);stroke-width:2}
.fg .mark{stroke:var(--peak);stroke-width:2.5;fill:none}
.fg .box{stroke:var(--soft);fill:none}
.fg .name{font-weight:600}
</style>`

/** Sixteen partitions of four nodes, as Riak's planner deals them out to nodes that join one after the other. */
const fourNodes = (): Ring => grown(letterRing('a'.repeat(16)), joins('b', 'c', 'd'))

const grown = (ring: Ring, changes: readonly Change[], more = {}): Ring =>
  planChanges(ring, changes, settings(more)).final

function ringFigure(): Figure {
  const {owners} = fourNodes()
  const [cx, cy, outer, inner] = [170, 170, 150, 92]
  const point = (turn: number, radius: number): string =>
    `${at(cx + radius * Math.sin(turn * 2 * Math.PI))} ${at(cy - radius * Math.cos(turn * 2 * Math.PI))}`
  const arc = (from: number, to: number, [far, near]: readonly [number, number]): string =>
    `M${point(from, far)}A${far} ${far} 0 0 1 ${point(to, far)}L${point(to, near)}A${near} ${near} 0 0 0 ${point(from, near)}Z`
  const first = 5
  const body = [
    nodeStyle,
    ...owners.map((owner, index) => {
      const [from, to] = [index / 16, (index + 1) / 16]
      return `<path class="${owner} edge" d="${arc(from, to, [outer, inner])}"/>`
    }),
    ...owners.map((owner, index) => {
      const [x, y] = point((index + 0.5) / 16, (outer + inner) / 2)
        .split(' ')
        .map(Number)
      return text(x!, y! + 4, `${index} ${owner}`, {anchor: 'middle'})
    }),
    `<path class="mark" d="${arc(first / 16, (first + 3) / 16, [outer + 5, inner - 5])}"/>`,
    text(cx, cy - 4, '16 partitions', {anchor: 'middle'}),
    text(cx, cy + 14, '4 nodes', {anchor: 'middle'}),
    `<text class="name" x="350" y="70">A key is hashed to a place on the ring.</text>`,
    ...[
      `Here it falls before partition ${first}.`,
      '',
      'Its preference list is that partition and the',
      'next ones, as many as there are copies (3):',
      `partitions ${first}, ${first + 1}, ${first + 2}, on nodes ${[0, 1, 2].map(step => owners[first + step]).join(', ')}.`,
      '',
      'Three nodes, so one may fail and two copies',
      'are left. Every partition begins one such list.',
    ].map((words, index) => text(350, 94 + index * 20, words)),
  ]
  return {
    id: 'ring',
    title: 'A ring of 16 partitions and four nodes',
    says: `Partitions 0 to 15 as a ring, each with the letter of the node that owns it: ${owners.join(' ')}. Partitions ${first}, ${first + 1} and ${first + 2} are marked as one preference list.`,
    width: 660,
    height: 340,
    body,
  }
}

const cell = 36

const row = (owners: readonly string[], y: number, was: readonly string[] = owners): string[] =>
  owners.flatMap((owner, index) => {
    const x = 120 + index * cell
    return [
      `<rect class="${owner} edge" x="${x}" y="${y}" width="${cell}" height="${cell}"/>`,
      text(x + cell / 2, y + 22, owner, {anchor: 'middle'}),
      ...(owner === was[index]
        ? []
        : [`<rect class="mark" x="${x + 3}" y="${y + 3}" width="${cell - 6}" height="${cell - 6}"/>`]),
    ]
  })

const numbers = (count: number, y: number): string[] =>
  Array.from({length: count}, (_, index) =>
    text(120 + index * cell + cell / 2, y, String(index), {anchor: 'middle', soft: true}),
  )

const counts = (owners: readonly string[]): string =>
  [...new Set(owners)]
    .sort()
    .map(node => `${node} ${owners.filter(owner => owner === node).length}`)
    .join(', ')

function claimFigure(): Figure {
  const before = fourNodes()
  const after = grown(before, joins('e'))
  const moved = after.owners.filter((owner, index) => owner !== before.owners[index]).length
  const body = [
    nodeStyle,
    ...numbers(16, 20),
    text(110, 50, 'four nodes', {anchor: 'end'}),
    ...row(before.owners, 28),
    text(110, 106, 'e joins', {anchor: 'end'}),
    ...row(after.owners, 84, before.owners),
    text(120, 148, `before: ${counts(before.owners)}`, {soft: true}),
    text(120, 168, `after: ${counts(after.owners)}; ${moved} partitions move, all of them to e (marked)`, {
      soft: true,
    }),
  ]
  return {
    id: 'claim',
    title: 'What claim does when a fifth node joins',
    says: `Owners before: ${before.owners.join(' ')}. After: ${after.owners.join(' ')}. ${moved} partitions change their owner, all to the new node e.`,
    width: 120 + 16 * cell + 20,
    height: 184,
    body,
  }
}

/** One partition's way, and what each of the two limits is about. */
function handoffFigure(): Figure {
  const box = (
    x: number,
    y: number,
    [wide, tall]: readonly [number, number],
    name: string,
    ground: string,
  ): string[] => [
    `<rect class="${ground} box" x="${x}" y="${y}" width="${wide}" height="${tall}" rx="4"/>`,
    text(x + wide / 2, y + 22, name, {anchor: 'middle'}),
  ]
  const arrow = (y: number, words: string): string[] => [
    `<path class="curve" d="M196 ${y}H416"/><path class="after" d="M416 ${y - 5}L428 ${y}L416 ${y + 5}Z"/>`,
    text(311, y - 8, words, {anchor: 'middle'}),
  ]
  const pending = Array.from({length: 14}, (_, index) => {
    const [x, y] = [120 + index * cell, 220]
    const ground = index < 2 ? 'after' : index < 6 ? 'before' : index < 8 ? 'b' : 'line'
    return `<rect class="${ground} ${ground === 'line' ? '' : 'edge'}" x="${x}" y="${y}" width="${cell - 4}" height="24"/>`
  })
  const body = [
    nodeStyle,
    ...box(40, 24, [150, 120], 'node a (sends)', 'a'),
    ...box(434, 24, [150, 120], 'node e (receives)', 'e'),
    ...arrow(70, 'partition 4'),
    ...arrow(104, 'partition 9'),
    text(311, 130, 'each node has 2 places,', {anchor: 'middle', soft: true}),
    text(311, 146, 'for what it sends and receives', {anchor: 'middle', soft: true}),
    text(40, 190, 'The pending list, in order of partition. The first 8 may move, finished ones included:'),
    text(110, 237, 'pending', {anchor: 'end'}),
    ...pending,
    `<path class="limit" d="M${120 + 8 * cell - 2} 206V258"/>`,
    text(120 + 8 * cell + 4, 262, 'limit of the cluster: 8', {soft: true}),
    ...(
      [
        ['after', 'finished, not installed yet'],
        ['before', 'under way'],
        ['b', 'may begin: waits for a place on both nodes'],
      ] as const
    ).flatMap(([ground, words], index) => [
      `<rect class="${ground}" x="${[40, 230, 320][index]!}" y="276" width="12" height="12"/>`,
      text([58, 248, 338][index]!, 286, words),
    ]),
  ]
  return {
    id: 'handoff',
    title: 'Handoff and its two limits',
    says: 'Two partitions go from node a to node e; each node has two places for transfers, in and out together. Below, the pending list: of its first eight entries two are finished, four are under way and two wait for a place; the others wait behind the limit of the cluster.',
    width: 660,
    height: 304,
    body,
  }
}

function stepsFigure(): Figure {
  const stations = [
    ['at rest', 'one ring', 'on all members'],
    ['staged', 'claimant knows,', 'nothing moves'],
    ['planned', 'Riak has shown', 'its plan'],
    ['committed', 'ownership', 'moves'],
    ['at rest', 'every owner', 'as planned'],
  ] as const
  const width = 104
  const x = (index: number): number => 20 + index * 130
  const body = [
    nodeStyle,
    ...stations.flatMap(([name, first, second], index) => [
      `<rect class="${['c', 'b', 'b', 'a', 'c'][index]} box" x="${x(index)}" y="40" width="${width}" height="74" rx="4"/>`,
      `<text class="name" x="${x(index) + width / 2}" y="62" text-anchor="middle">${html(name)}</text>`,
      text(x(index) + width / 2, 84, first, {anchor: 'middle'}),
      text(x(index) + width / 2, 102, second, {anchor: 'middle'}),
      ...(index === 0
        ? []
        : [
            `<path class="curve" d="M${x(index) - 24} 77H${x(index) - 10}"/><path class="after" d="M${x(index) - 10} 72L${x(index) - 2} 77L${x(index) - 10} 82Z"/>`,
          ]),
    ]),
    `<path class="limit" d="M${x(3) - 13} 20V150"/>`,
    text(x(3) - 18, 30, 'can be dropped: ringup abandon', {anchor: 'end'}),
    text(x(3) - 8, 30, 'cannot be taken back'),
    text(x(1), 136, 'freezes changes of the whole cluster', {soft: true}),
    text(x(3) + 30, 136, 'goes on without ringup', {soft: true}),
  ]
  return {
    id: 'staged-committed',
    title: 'From staged to committed to at rest',
    says: 'At rest, staged, planned, committed, at rest again. Up to the commit what is staged can be dropped; from the commit on ownership moves and cannot be taken back, and it goes on without ringup.',
    width: 660,
    height: 160,
    body,
  }
}

function locationFigure(): Figure {
  const locations = {a: 'rack 1', b: 'rack 1', c: 'rack 2', d: 'rack 2', e: 'rack 3'}
  const without = grown(letterRing('a'.repeat(16)), joins('b', 'c', 'd', 'e'), {claim: 'v4'})
  const start = {...letterRing('a'.repeat(16)), locations: {a: 'rack 1'}}
  const changes: Change[] = [
    ...joins('b', 'c', 'd', 'e'),
    ...(['b', 'c', 'd', 'e'] as const).map(
      (node): Change => ({action: 'setLocation', node, location: locations[node]}),
    ),
  ]
  const within = grown(start, changes, {claim: 'v4'})
  const shared = (owners: readonly string[]): number => preflistsSharingLocations(owners, locations, 3).length
  const racks = (owners: readonly string[], y: number): string[] =>
    owners.map((owner, index) =>
      text(120 + index * cell + cell / 2, y, locations[owner as 'a'].slice(-1), {
        anchor: 'middle',
        soft: true,
      }),
    )
  const body = [
    nodeStyle,
    ...numbers(16, 20),
    text(110, 50, 'not told', {anchor: 'end'}),
    ...row(without.owners, 28),
    text(110, 80, 'rack', {anchor: 'end', soft: true}),
    ...racks(without.owners, 80),
    text(110, 120, 'told', {anchor: 'end'}),
    ...row(within.owners, 98, within.owners),
    text(110, 150, 'rack', {anchor: 'end', soft: true}),
    ...racks(within.owners, 150),
    text(
      120,
      176,
      `lists of three copies that touch fewer than three racks: ${shared(without.owners)} not told, ${shared(within.owners)} told`,
      {
        soft: true,
      },
    ),
  ]
  return {
    id: 'locations',
    title: 'The same five nodes with and without locations, claim v4',
    says: `Nodes a and b are in rack 1, c and d in rack 2, e in rack 3. Without locations the owners are ${without.owners.join(' ')}, with them ${within.owners.join(' ')}. Of 16 preference lists ${shared(without.owners)} touch fewer than three racks without, ${shared(within.owners)} with locations.`,
    width: 120 + 16 * cell + 20,
    height: 192,
    body,
  }
}
