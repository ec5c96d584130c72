/** The controller on practice rings whose clients wait longer the more is handed off, against the best fixed limit. */
import {describe, expect, it} from 'vitest'
import {type ControllerState, decide, valveMoves} from '../../../src/execute/controller.ts'
import {compared, comparisonText, isOver, isSlow, settings} from '../../support/controlled-growth.ts'

describe('the controller', () => {
  // twenty and more: npm run fuzz -- controller
  it('keeps p99 below its bound, in at most 1.3 times the time of the best fixed limit', () => {
    const runs = [1, 2, 3, 4].map(compared)
    console.log(runs.map(comparisonText).join('\n'))

    expect(runs.filter(isOver)).toEqual([])
    expect(runs.filter(isSlow)).toEqual([])
  })

  it('goes to the floor when nothing is told, and comes down when the bound is passed', () => {
    const high: ControllerState = {limit: 6, seen: new Map(), ceiling: Number.POSITIVE_INFINITY}

    expect(decide(high, undefined, settings).state.limit).toBe(1)
    const over = decide(high, 31, settings)
    expect(over.state.limit).toBe(4)
    expect(over.state.ceiling).toBe(6)
    // what was too much is not tried again
    let state = over.state
    for (let step = 0; step < 20; step += 1) state = decide(state, 5, settings).state
    expect(state.limit).toBe(5)
  })

  it('holds in a band below the bound', () => {
    const state: ControllerState = {limit: 3, seen: new Map(), ceiling: Number.POSITIVE_INFINITY}
    expect(decide(state, 28, settings).state.limit).toBe(3)
    expect(decide(state, 10, settings).state.limit).toBe(4)
    expect(decide({...state, limit: 8}, 10, settings).state.limit).toBe(8)
  })
})

describe('the disk valve', () => {
  const node = {node: 'riak@a', disk: 0.86, inbound: true, toSend: 3, toReceive: 2}

  it('closes on a node that fills while it has something to send, and opens when it has sent it', () => {
    expect(valveMoves([node], 0.8, new Set())).toMatchObject([{node: 'riak@a', inbound: false}])
    expect(valveMoves([{...node, disk: 0.7}], 0.8, new Set())).toEqual([])
    expect(valveMoves([{...node, toSend: 0}], 0.8, new Set())).toEqual([])
    expect(valveMoves([{...node, disk: undefined}], 0.8, new Set())).toEqual([])

    const closed = {...node, inbound: false}
    expect(valveMoves([closed], 0.8, new Set(['riak@a']))).toEqual([])
    expect(valveMoves([{...closed, toSend: 0}], 0.8, new Set(['riak@a']))).toMatchObject([{inbound: true}])
    expect(valveMoves([{...closed, disk: 0.7}], 0.8, new Set(['riak@a']))).toMatchObject([{inbound: true}])
    // somebody else's decision is left alone
    expect(valveMoves([{...closed, toSend: 0}], 0.8, new Set())).toEqual([])
  })
})
