/** Who may begin now: connecting to hosts, to one address, and sessions on one connection. */

export type Slot = {
  readonly free: () => void
}

export type Slots = {
  readonly take: () => Promise<Slot>
  /** Acts when there is a place, and gives it back at the end. */
  readonly within: <T>(act: () => Promise<T>) => Promise<T>
  /** for what is still waiting and for what comes */
  readonly limit: (most: number) => void
  readonly most: () => number
  readonly taken: () => number
}

/** At most so many at once; the others wait their turn. */
export function slots(initially: number): Slots {
  let most = initially
  let taken = 0
  const waiting: (() => void)[] = []
  const next = (): void => {
    while (taken < most && waiting.length > 0) {
      taken += 1
      waiting.shift()!()
    }
  }
  const take = (): Promise<Slot> =>
    new Promise(resolve => {
      waiting.push(() => {
        let held = true
        resolve({
          free: () => {
            if (!held) return
            held = false
            taken -= 1
            next()
          },
        })
      })
      next()
    })
  return {
    take,
    within: async act => {
      const slot = await take()
      try {
        return await act()
      } finally {
        slot.free()
      }
    },
    limit: count => {
      most = count
      next()
    },
    most: () => most,
    taken: () => taken,
  }
}

/** Sessions on one connection; fewer when the server says that it allows fewer. */
export function channelSlots(most: number) {
  const places = slots(most)
  return {
    /** undefined when `stopped` came first */
    take: async (stopped: Promise<undefined>): Promise<(Slot & {refused: () => boolean}) | undefined> => {
      const place = places.take()
      const slot = await Promise.race([place, stopped])
      if (slot === undefined) {
        void place.then(({free}) => free())
        return undefined
      }
      return {
        ...slot,
        /** The server would not open it. False: it opens none at all. */
        refused: () => {
          const others = places.taken() - 1
          if (others > 0) places.limit(Math.max(1, Math.min(places.most(), others)))
          slot.free()
          return others > 0
        },
      }
    },
  }
}
