/** Random questions to the planner: rings as plans leave them and as they never do, and changes of every kind. */
import type {Change, ClaimSettings} from '../../src/ring/changes.ts'
import {planChanges} from '../../src/ring/plan-changes.ts'
import {compareNodes, type Member, type MemberStatus, type NodeName, type Ring} from '../../src/ring/ring.ts'
import type {ClaimQuestion} from '../support/claim-vectors.ts'
import type {Random} from '../support/random.ts'

export function randomQuestion(random: Random, claim: ClaimSettings['claim'], id: string): ClaimQuestion {
  const config = randomSettings(random, claim)
  const isLocated = random.chance(0.45)
  // v4's search by force takes riak_core minutes on larger rings with locations
  const sizes = claim === 'v2' ? [8, 16, 32, 64, 128, 256] : isLocated ? [8, 16, 32] : [8, 16, 32, 64, 128]
  const partitions = random.pick(sizes)
  const names = randomNames(random, random.between(2, random.pick([4, 8, 12, 24])))
  const owners = randomOwners(random, partitions, names.slice(0, random.between(1, names.length)), config)
  const members = randomMembers(random, names, new Set(owners))
  const places = randomPlaces(random)
  const locations: Record<NodeName, string> = {}
  if (isLocated) for (const {node} of members) if (random.chance(0.85)) locations[node] = random.pick(places)
  const base: Ring = {
    partitions,
    owners,
    members,
    claimant: random.pick(members.filter(({status}) => status !== 'joining' || members.length === 1)).node,
    pending: [],
    locations,
    locationChanged: random.chance(0.2),
  }
  const changes = randomChanges(random, base, names, isLocated ? places : [])
  return questionOf(id, config, base, changes, [
    random.below(2 ** 30),
    random.below(2 ** 30),
    random.below(2 ** 30),
  ])
}

export function questionOf(
  id: string,
  config: ClaimSettings,
  ring: Ring,
  changes: readonly Change[],
  seed: readonly number[],
): ClaimQuestion {
  const nodes = [
    ...new Set([
      ...ring.members.map(({node}) => node),
      ...ring.owners,
      ...changes.flatMap(change => ('with' in change ? [change.node, change.with] : [change.node])),
    ]),
  ].sort(compareNodes)
  const position = new Map(nodes.map((node, at) => [node, at]))
  return {
    id,
    config,
    base: {
      ringSize: ring.partitions,
      claimant: ring.claimant,
      nodes,
      members: ring.members.map(({node, status}) => [node, status] as const),
      locations: ring.locations,
      locationChanged: ring.locationChanged,
      owners: ring.owners.map(owner => position.get(owner)!),
    },
    changes,
    seed,
  }
}

const randomSettings = (random: Random, claim: ClaimSettings['claim']): ClaimSettings => ({
  claim,
  targetN: random.chance(0.6) ? 4 : random.between(1, 6),
  targetLocationN: random.chance(0.5) ? 3 : random.between(1, 4),
  fullRebalanceOnLeave: random.chance(0.2),
})

/** Name styles that differ in what riak_core's orders look at: the last byte, the length, the script. */
function randomNames(random: Random, count: number): NodeName[] {
  const offset = random.below(90)
  const styles: readonly ((at: number) => string)[] = [
    at => `riak@10.0.${offset}.${at + 1}`,
    at => `riak${at}@host.example`,
    at => `r${random.below(1000)}_${at}@h${random.below(40)}`,
    at => `${random.pick(['é', 'ü', 'ÿ', '\u00a0', 'ß'])}${at}@h`,
    at => `n${at}@${random.pick(['日本', 'ж', 'ﾟ', '𝒳', '🐘', 'zz'])}${random.pick(['', 'a', '9'])}`,
  ]
  const style = random.chance(0.75) ? random.pick(styles.slice(0, 3)) : random.pick(styles)
  const names = new Set<string>()
  for (let at = 0; names.size < count; at += 1) names.add(style(at))
  return random.some([...names], count)
}

const randomPlaces = (random: Random): string[] =>
  random.some(['rack_a', 'rack_b', 'rack_c', 'rack_d', 'A', 'dc1-r10', 'dc1-r9'], random.between(1, 6))

function randomOwners(
  random: Random,
  partitions: number,
  nodes: readonly NodeName[],
  config: ClaimSettings,
): NodeName[] {
  const diagonal = Array.from({length: partitions}, (_, at) => nodes[at % nodes.length]!)
  switch (random.below(6)) {
    case 0:
      return diagonal
    case 1:
      return diagonal.map(owner => (random.chance(0.15) ? random.pick(nodes) : owner))
    case 2:
      return diagonal.map(() => random.pick(nodes))
    case 3: {
      const block = random.between(1, 5)
      return diagonal.map((_, at) => nodes[Math.floor(at / block) % nodes.length]!)
    }
    default:
      return settledOwners(random, partitions, nodes, config)
  }
}

/** Owners as a history of joins leaves them, planned by v2 so that a wrong v4 does not feed itself. */
function settledOwners(
  random: Random,
  partitions: number,
  nodes: readonly NodeName[],
  config: ClaimSettings,
): NodeName[] {
  const [first] = nodes
  let ring: Ring = {
    partitions,
    owners: new Array<NodeName>(partitions).fill(first!),
    members: [{node: first!, status: 'valid'}],
    claimant: first!,
    pending: [],
    locations: {},
    locationChanged: false,
  }
  for (let joined = 1; joined < Math.min(nodes.length, partitions); ) {
    const batch = nodes.slice(joined, joined + random.between(1, 4))
    const joins = batch.map(node => ({action: 'join', node}) as const)
    ring = planChanges(ring, joins, {...config, claim: 'v2'}).final
    joined += batch.length
  }
  return [...ring.owners]
}

function randomMembers(random: Random, names: readonly NodeName[], owners: ReadonlySet<NodeName>): Member[] {
  const isOdd = random.chance(0.25)
  const odd: readonly MemberStatus[] = ['down', 'leaving', 'exiting', 'joining', 'valid']
  const members = names
    .filter(node => owners.has(node) || random.chance(0.3))
    .map(node => ({node, status: isOdd && random.chance(0.3) ? random.pick(odd) : 'valid'}) as const)
  const isFit = members.some(({status}) => status !== 'joining' && status !== 'exiting')
  const fit = isFit ? members : members.map(({node}) => ({node, status: 'valid'}) as const)
  return [...fit].sort((a, b) => compareNodes(a.node, b.node))
}

function randomChanges(
  random: Random,
  ring: Ring,
  names: readonly NodeName[],
  places: readonly string[],
): Change[] {
  const members = ring.members.map(({node}) => node)
  const spares = random.some(
    names.filter(node => !members.includes(node)),
    random.between(0, 5),
  )
  const changes: Change[] = spares.map(node => ({action: 'join', node}))
  const others = random.chance(0.45) ? random.between(1, 3) : 0
  for (let each = 0; each < others; each += 1) {
    const node = random.pick(random.chance(0.95) ? members : names)
    const replacement = random.pick(spares.length > 0 ? spares : names)
    changes.push(
      random.pick<Change>([
        {action: 'leave', node},
        {action: 'leave', node},
        {action: 'remove', node},
        {action: 'replace', node, with: replacement},
        {action: 'forceReplace', node, with: replacement},
      ]),
    )
  }
  if (places.length > 0)
    for (const node of [...spares, ...random.some(members, 1)])
      if (random.chance(0.6)) changes.push({action: 'setLocation', node, location: random.pick(places)})
  return changes
}
