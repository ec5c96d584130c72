/**
 * The cluster's time, a multiple of real time, with leaps on request. Nothing ticks: the model is brought up to date
 * whenever somebody looks. It can stand still while nobody asks anything, so that a machine on which programs start
 * slowly sees the same growth as a fast one.
 */
import {advance, type World} from '../model/world.ts'

export type LabClock = {
  /** brings the model up to date and says what time it is in it, ms since 1970 */
  readonly sync: () => number
  /** waits so much of the cluster's time; false when it was cut short */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<boolean>
  /** lets the cluster's time leap forward */
  readonly skip: (ms: number) => void
  /** a command is being answered, until what it returns is called */
  readonly attend: () => () => void
  readonly speed: number
}

/** @param patience ms of real time that pass in the cluster while nobody asks anything */
export function labClock(world: World, speed: number, patience = Number.POSITIVE_INFINITY): LabClock {
  let time = world.now
  let seenAt = performance.now()
  let asking = 0
  let left = patience
  const leaps = new Set<() => void>()
  const now = (): number => {
    const real = performance.now()
    const passed = asking > 0 ? real - seenAt : Math.min(real - seenAt, left)
    if (asking === 0) left -= passed
    seenAt = real
    time += passed * speed
    return time
  }
  const sync = (): number => {
    advance(world, now())
    return world.now
  }

  const sleep = (ms: number, signal: AbortSignal): Promise<boolean> => {
    const end = now() + ms
    return new Promise(resolve => {
      let timer: NodeJS.Timeout | undefined
      const finish = (isOver: boolean): void => {
        clearTimeout(timer)
        leaps.delete(look)
        signal.removeEventListener('abort', abort)
        resolve(isOver)
      }
      const abort = (): void => finish(false)
      const look = (): void => {
        clearTimeout(timer)
        const left = end - now()
        if (left <= 0) finish(true)
        else timer = setTimeout(look, Math.min(2 ** 31 - 1, Math.max(1, left / speed)))
      }
      if (signal.aborted) {
        resolve(false)
        return
      }
      signal.addEventListener('abort', abort, {once: true})
      leaps.add(look)
      look()
    })
  }

  return {
    sync,
    sleep,
    skip: ms => {
      time += ms
      sync()
      for (const look of leaps) look()
    },
    attend: () => {
      now()
      asking += 1
      return () => {
        now()
        asking -= 1
        left = patience
      }
    },
    speed,
  }
}
