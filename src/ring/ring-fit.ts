/**
 * Whether a ring's size suits a number of nodes. It cannot be changed in a running cluster, so what can be chosen
 * is the number of nodes: how unevenly partitions divide among them, and whether the last round of nodes is so
 * short that copies wrap around the ring's end onto the same node.
 */
export type RingFit = {
  readonly partitions: number
  readonly nodes: number
  readonly partitionsPerNode: number
  /** the smaller and the larger share; the same when partitions divide evenly */
  readonly shares: readonly [smaller: number, larger: number]
  /** how much more the larger share is than the smaller, 0.33 for 3 against 4 */
  readonly imbalance: number
  /** partitions left for the last, incomplete round of nodes */
  readonly tail: number
  readonly advice: readonly FitAdvice[]
  /** the nearest number of nodes with fewer faults, if there is one near */
  readonly better?: {readonly nodes: number; readonly imbalance: number}
  /** the ring size usual for a new cluster of this many nodes */
  readonly usualPartitions: number
}

export type FitAdvice = {readonly id: FitFault; readonly level: 'warn' | 'note'; readonly says: string}

export const fitFaults = [
  // fewer partitions than nodes: some own nothing
  'idle-nodes',
  'few-partitions-per-node',
  'many-partitions-per-node',
  'uneven-shares',
  'wraparound',
] as const

export type FitFault = (typeof fitFaults)[number]

export type FitOptions = {
  readonly targetN?: number
  /** how far from the number of nodes a better one is looked for */
  readonly within?: number
}

/** Riak's documentation: 10 to 50 partitions a node. */
const fewest = 10
const most = 50
/** from here on the larger share decides how much disk every node needs */
const notableImbalance = 0.1

export function ringFit(
  partitions: number,
  nodes: number,
  {targetN = 4, within = 5}: FitOptions = {},
): RingFit {
  const {shares, imbalance, tail} = divide(partitions, nodes)
  const faults = faultsOf(partitions, nodes, targetN)
  const better = betterNodes(partitions, nodes, targetN, within)
  return {
    partitions,
    nodes,
    partitionsPerNode: partitions / nodes,
    shares,
    imbalance,
    tail,
    advice: faults.map(id => ({id, level: levels[id], says: sentence(id, partitions, nodes)})),
    ...(better ? {better} : {}),
    usualPartitions: usualPartitions(nodes),
  }
}

function divide(partitions: number, nodes: number): Pick<RingFit, 'shares' | 'imbalance' | 'tail'> {
  const tail = partitions % nodes
  const smaller = Math.floor(partitions / nodes)
  const larger = tail === 0 ? smaller : smaller + 1
  return {shares: [smaller, larger], imbalance: larger / smaller - 1, tail}
}

function faultsOf(partitions: number, nodes: number, targetN: number): FitFault[] {
  const {imbalance, tail} = divide(partitions, nodes)
  const each = partitions / nodes
  const faults: FitFault[] = []
  if (nodes > partitions) faults.push('idle-nodes')
  else if (each < fewest) faults.push('few-partitions-per-node')
  if (each > most) faults.push('many-partitions-per-node')
  if (nodes <= partitions && imbalance >= notableImbalance) faults.push('uneven-shares')
  if (nodes <= partitions && tail > 0 && tail < targetN) faults.push('wraparound')
  return faults
}

const levels: Readonly<Record<FitFault, FitAdvice['level']>> = {
  'idle-nodes': 'warn',
  'few-partitions-per-node': 'note',
  'many-partitions-per-node': 'note',
  'uneven-shares': 'warn',
  wraparound: 'warn',
}

function sentence(id: FitFault, partitions: number, nodes: number): string {
  const {shares, imbalance, tail} = divide(partitions, nodes)
  const each = (partitions / nodes).toFixed(1)
  switch (id) {
    case 'idle-nodes':
      return `${nodes - partitions} of ${nodes} nodes would own nothing.`
    case 'few-partitions-per-node':
      return `${each} partitions a node are fewer than the usual ${fewest} to ${most}.`
    case 'many-partitions-per-node':
      return `${each} partitions a node are more than the usual ${fewest} to ${most}.`
    case 'uneven-shares':
      return `Some nodes hold ${shares[1]} partitions, others ${shares[0]}: ${Math.round(imbalance * 100)} % more.`
    case 'wraparound':
      return `${partitions} partitions over ${nodes} nodes leave a last round of ${tail}, so copies can meet at the ring's end.`
  }
}

/** The nearest number of nodes with fewer faults that matter, or as many and a notable imbalance halved. */
function betterNodes(
  partitions: number,
  nodes: number,
  targetN: number,
  within: number,
): RingFit['better'] | undefined {
  const burden = (count: number): number =>
    faultsOf(partitions, count, targetN).filter(fault => levels[fault] === 'warn').length
  const now = divide(partitions, nodes).imbalance
  for (let apart = 1; apart <= within; apart += 1)
    for (const count of [nodes + apart, nodes - apart]) {
      if (count < Math.max(1, targetN) || count > partitions) continue
      const {imbalance} = divide(partitions, count)
      if (
        burden(count) < burden(nodes) ||
        (burden(count) === burden(nodes) && imbalance <= now / 2 && now >= notableImbalance)
      )
        return {nodes: count, imbalance}
    }
  return undefined
}

/** As newer Riak documentation has it: 64 up to 5 nodes, 256 up to 12, 512 up to 20, 1024 beyond. */
function usualPartitions(nodes: number): number {
  if (nodes <= 5) return 64
  if (nodes <= 12) return 256
  return nodes <= 20 ? 512 : 1024
}
