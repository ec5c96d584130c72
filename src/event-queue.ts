/** What is going to happen, by time; of two events at the same moment the one that was scheduled first. */

export type EventQueue = {
  readonly schedule: (at: number, run: () => void) => void
  /** Runs everything due until then, in order; `moved` is told the time of each before it runs. */
  readonly runUntil: (until: number, moved: (at: number) => void) => void
  /** when the next event is due */
  readonly nextAt: () => number | undefined
}

type Entry = {readonly at: number; readonly order: number; readonly run: () => void}

export function eventQueue(): EventQueue {
  const heap: Entry[] = []
  let order = 0

  const before = (a: number, b: number): boolean => {
    const [first, second] = [heap[a]!, heap[b]!]
    return first.at < second.at || (first.at === second.at && first.order < second.order)
  }
  const swap = (a: number, b: number): void => {
    const held = heap[a]!
    heap[a] = heap[b]!
    heap[b] = held
  }
  const rise = (from: number): void => {
    let at = from
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!before(at, parent)) return
      swap(at, parent)
      at = parent
    }
  }
  const sink = (): void => {
    let at = 0
    for (;;) {
      const [left, right] = [2 * at + 1, 2 * at + 2]
      let least = at
      if (left < heap.length && before(left, least)) least = left
      if (right < heap.length && before(right, least)) least = right
      if (least === at) return
      swap(at, least)
      at = least
    }
  }
  const take = (): Entry => {
    const first = heap[0]!
    const last = heap.pop()!
    if (heap.length > 0) {
      heap[0] = last
      sink()
    }
    return first
  }

  return {
    schedule: (at, run) => {
      heap.push({at, order, run})
      order += 1
      rise(heap.length - 1)
    },
    runUntil: (until, moved) => {
      while (heap[0] !== undefined && heap[0].at <= until) {
        const entry = take()
        moved(entry.at)
        entry.run()
      }
    },
    nextAt: () => heap[0]?.at,
  }
}
