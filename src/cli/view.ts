/** What a person sees while something goes on: a screen on a terminal, plain lines elsewhere. */
import type {JournalEvent} from '../journal/events.ts'
import {applyEvent, noRun, type RunState} from '../journal/reduce.ts'
import {eventLine, heartbeatLine} from '../report/run/event-line.ts'
import type {VitalSigns} from '../riak/host/vital-signs.ts'
import type {NodeName} from '../ring/ring.ts'
import type {Snapshot} from '../ring/snapshot.ts'
import {eventsBetween, type Scene, type SceneEvent, sizesOfRun} from '../watch/scene.ts'
import {type RunBaseline, statusOf} from '../watch/status.ts'
import {writeError} from './output.ts'
import {canDraw, stdoutLook} from './terminal.ts'

export type View = {
  readonly event: (event: JournalEvent) => void
  readonly snapshot: (snapshot: Snapshot) => void
  /** the last reading failed */
  readonly failed: (error: Error) => void
  readonly vitals: (signs: readonly VitalSigns[]) => void
  /** a line for the person: on a screen it waits until the screen is closed */
  readonly say: (text: string) => void
  readonly close: () => void
}

export type ViewOptions = {
  readonly title: string
  readonly cluster: string
  readonly json: boolean
  readonly onQuit: () => void
  readonly keys: string
  /** a run that is taken up again, as its journal left it */
  readonly run?: RunState | undefined
  /** what was to move, where it is known */
  readonly baseline?: (snapshot: Snapshot) => RunBaseline | undefined
  /** ms since 1970; another one when something is shown again */
  readonly now?: () => number
  /** a transfer limit for all members; what became of it is said */
  readonly onLimit?: ((limit: number) => Promise<string>) | undefined
}

export async function openView(options: ViewOptions): Promise<View> {
  return canDraw() && !options.json ? screenView(options) : plainView(options.run)
}

/** Lines to stderr: stdout is for data. */
function plainView(before: RunState = noRun): View {
  let run = before
  // whoever reads a log must be able to tell waiting from hanging
  const beat = setInterval(() => writeError(`${heartbeatLine(run, Date.now())}\n`), 60_000)
  beat.unref()
  return {
    event: event => {
      run = applyEvent(run, event)
      const line = eventLine(event, run)
      if (line !== undefined) writeError(`${line}\n`)
    },
    snapshot: () => {},
    failed: error => writeError(`last reading failed: ${error.message}\n`),
    vitals: () => {},
    say: text => writeError(`${text}\n`),
    close: () => clearInterval(beat),
  }
}

const keptEvents = 500
const keptVitals = 40

async function screenView({
  title,
  cluster,
  keys,
  onQuit,
  baseline,
  run: before,
  now = Date.now,
  onLimit,
}: ViewOptions): Promise<View> {
  const {openScreen} = await import('../tui/run-screen.tsx')
  let run = before
  let scene: Scene = {title, keys, now: now(), sizes: new Map(), events: [], vitals: new Map()}
  const later: string[] = []
  const live = openScreen({
    first: scene,
    look: stdoutLook(),
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
      for (const text of later) writeError(`${text}\n`)
    },
  }
}
