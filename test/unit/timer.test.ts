import {afterEach, beforeEach, describe, expect, it, vi} from 'vitest'
import {atMost, later, longestTimer, pause} from '../../src/timer.ts'

const day = 24 * 3600e3

describe('a timer', () => {
  beforeEach(() => {
    vi.useFakeTimers({toFake: ['setTimeout', 'clearTimeout', 'performance']})
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it.each([1, 1000, longestTimer, longestTimer + 1, 25 * day, 600 * day])('of %d ms ends then', ms => {
    const act = vi.fn()
    later(ms, act)
    vi.advanceTimersByTime(ms - 1)
    expect(act).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    expect(act).toHaveBeenCalledTimes(1)
  })

  it('is cleared in any part of its time', () => {
    const act = vi.fn()
    const timer = later(60 * day, act)
    vi.advanceTimersByTime(30 * day)
    timer.clear()
    vi.advanceTimersByTime(60 * day)
    expect(act).not.toHaveBeenCalled()
  })

  it('of a pause ends with its signal', async () => {
    const controller = new AbortController()
    const paused = pause(60 * day, controller.signal)
    controller.abort()
    await paused
    expect(vi.getTimerCount()).toBe(0)
  })

  it('of work that is waited for is none once the work has ended, well or not', async () => {
    await atMost(5000, Promise.resolve())
    expect(vi.getTimerCount()).toBe(0)
    await expect(atMost(5000, Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(vi.getTimerCount()).toBe(0)
  })

  it('of work that does not end is not waited for longer', async () => {
    const waited = atMost(5000, new Promise(() => {}))
    vi.advanceTimersByTime(5000)
    await waited
  })
})
