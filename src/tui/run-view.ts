/** The screen of a run or a watch, kept up to date with what happens and what is read. */

import {applyEvent, noRun} from '../journal/reduce.ts'
import type {Look} from '../report/kit/look.ts'
import {eventLine} from '../report/run/event-line.ts'
import type {VitalSigns} from '../riak/host/vital-signs.ts'
import type {NodeName} from '../ring/ring.ts'
import {eventsBetween, type Scene, type SceneEvent, sizesOfRun} from '../watch/scene.ts'
import type {View, ViewRequest} from '../watch/stage.ts'
import {type RunBaseline, statusOf} from '../watch/status.ts'
import {openScreen} from './run-screen.tsx'

const keptEvents = 500
const keptVitals = 40

/** @param say what was to be said while the screen was open, when it is closed */
export function openRunView(
  {title, cluster, keys, onQuit, baseline, run: before, now = Date.now, onLimit}: ViewRequest,
  look: Look,
  say: (text: string) => void,
): View {
  let run = before
  let scene: Scene = {title, keys, now: now(), sizes: new Map(), events: [], vitals: new Map()}
  const later: string[] = []
  const live = openScreen({
    first: scene,
    look,
    onQuit,
    ...(onLimit ? {onLimit: limit => void changed(limit, onLimit)} : {}),
  })
  const show = (change: Partial<Scene>): void => {
    scene = {...scene, ...change, now: now(), run}
    live.show(scene)
  }
  const happened = (events: readonly SceneEvent[]): Scene['events'] =>
    events.length === 0 ? scene.events : [...scene.events, ...events].slice(-keptEvents)
  const changed = async (limit: number, change: (limit: number) => Promise<string>): Promise<void> => {
    const said = await change(limit).then(
      text => ({text, isFault: false}),
      error => ({text: (error as Error).message, isFault: true}),
    )
    show({events: happened([{at: now(), ...said}])})
  }
  // the age of the data goes on while nothing arrives
  const tick = setInterval(() => show({}), 1000)
  tick.unref()
  const runsBaseline = (): RunBaseline | undefined =>
    run?.plan && run.committedAt !== undefined
      ? {baseline: run.plan, committedAt: run.committedAt}
      : undefined
  return {
    event: event => {
      run = applyEvent(run ?? noRun, event)
      const line = eventLine(event, run)
      const isFault = event.type === 'step-failed' || event.type === 'write-lost'
      show({events: happened(line === undefined ? [] : [{at: event.at, text: line.trim(), isFault}])})
    },
    snapshot: snapshot => {
      const known = runsBaseline() ?? baseline?.(snapshot)
      show({
        status: statusOf(cluster, snapshot, {baseline: known}),
        sizes: sizesOfRun(run, known),
        events: happened(eventsBetween(scene.snapshot, snapshot)),
        snapshot,
        error: undefined,
      })
    },
    failed: error =>
      show({
        error: error.message,
        events: happened(scene.error === undefined ? [{at: now(), text: error.message, isFault: true}] : []),
      }),
    vitals: signs => {
      const vitals = new Map<NodeName, readonly VitalSigns[]>(scene.vitals)
      for (const sign of signs)
        vitals.set(sign.node, [...(vitals.get(sign.node) ?? []), sign].slice(-keptVitals))
      show({vitals})
    },
    say: text => {
      later.push(text)
    },
    close: () => {
      clearInterval(tick)
      live.close()
      for (const text of later) say(text)
    },
  }
}
